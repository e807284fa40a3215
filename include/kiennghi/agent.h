/** agent.h - the skeleton of an agent: it owns main, you bring one function.
 *
 * An agent is one pure function (outside form into structures), or one handler of events, and a
 * spec:
 *
 *     static const struct kn_agent_spec spec = {
 *         .name = "contact", .about_vi = "…", .about_en = "takes minutes of voters' meetings",
 *         .options = options, .read = read_minutes,
 *     };
 *     int main(int argc, char **argv) { return kn_agent_main(argc, argv, &spec); }
 *
 * The skeleton brings: --help, --version, --config FILE, --check-config, --print-config,
 * --hub-intake,
 * --hub-delivery, --hub-key, --key, --state, --watch DIR, --once, --timeout, --revise, --json,
 * --lang, --quiet, --verbose and your own options, each also as a key of the configuration file;
 * the connection and the durable outbox; the items of rows, so that importing a file again stores
 * nothing twice; one line for each row with its verdict and case code, a summary for each batch;
 * the watched folder with done/ and refused/; signals and exit codes (enum kn_exit).
 *
 * Everything runs in one thread. Functions of the spec return KN_OK or a KN_E* code.
 */
#ifndef KIENNGHI_AGENT_H
#define KIENNGHI_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kiennghi/api.h"
#include "kiennghi/client.h"
#include "kiennghi/message.h"
#include "kiennghi/status.h"
#include "kiennghi/types.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kn_agent_self kn_agent_t;

enum kn_option_kind {
    KN_OPTION_TEXT,    /**< any text */
    KN_OPTION_INTEGER, /**< a whole number from MIN to MAX */
    KN_OPTION_FLAG,    /**< given or not; in a file: yes or no */
    KN_OPTION_LIST     /**< a text that may be given several times; in a file: comma-separated */
};

/** An option of the command line (--NAME ARG) and a key of the configuration file (AGENT/NAME). */
struct kn_agent_option {
    const char *name; /**< lower case and hyphens; NULL ends the table */
    enum kn_option_kind kind;
    const char *arg;      /**< what stands for its value in the help: "FILE" */
    const char *standard; /**< its value when not given, or NULL */
    int64_t min, max;     /**< bounds of an integer */
    const char *help_vi;
    const char *help_en;
};

/** A positional command: kiennghi-agency accept CODE. */
struct kn_agent_command {
    const char *name; /**< one or two words, "case show"; NULL ends the table */
    const char *args; /**< "CODE [DOCUMENT]", for the help */
    int min_args, max_args;
    /** ARGV[0..ARGC-1] are the arguments behind the name. */
    int (*run)(kn_agent_t *agent, int argc, char **argv);
    const char *help_vi;
    const char *help_en;
};

/** A row that was not taken: refused, or another than what is stored. */
struct kn_agent_refusal {
    const char *sheet; /**< NULL: the file has none */
    int64_t row;
    const char *words; /**< why, and what to do */
};

struct kn_agent_spec {
    const char *name;     /**< "contact" of kiennghi-contact; "" for kiennghi itself */
    const char *about_vi; /**< one line for --help */
    const char *about_en;
    const char *args; /**< what the positional arguments are, "FILE…"; NULL: there are none */
    bool delivery;    /**< talks over the delivery endpoint (streams, requests, acts) */

    const struct kn_agent_option *options;   /**< own options, or NULL */
    const struct kn_agent_command *commands; /**< own commands, or NULL */

    /** Once before anything else, and at the end. */
    int (*on_start)(kn_agent_t *agent);
    void (*on_stop)(kn_agent_t *agent);

    /** Intake of files: reads the form at PATH and says kn_agent_batch, kn_agent_row …,
     *  kn_agent_batch_end for each batch in it. Other than KN_OK: nothing could be read (say why by
     *  kn_agent_fault); in a watched folder the file goes to refused/. */
    int (*read)(kn_agent_t *agent, const char *path);
    /** Whether a name in the watched folder is one of ours; NULL: all but hidden ones. */
    bool (*is_mine)(const char *name);

    /** Every row of the file at PATH is answered; REFUSALS are those not taken. The file is still
     *  where it was. */
    void (*on_finished)(kn_agent_t *agent, const char *path,
                        const struct kn_agent_refusal *refusals, size_t n_refusals);
    /** `read` only reads: it can be asked for a preview (--dry-run), without a hub. */
    bool has_preview;

    /** The numbers given to kn_agent_row are identities (a guid, a hash), not places in a table: a
     *  row is looked up by its own alone, and nothing is aligned with what was imported before. */
    bool has_identities;

    /** How people and logs call the file NAME, when its name says more than they may know (a
     *  telephone number); NULL: as it is. */
    void (*show_name)(char *out, size_t size, const char *name);
    /** The final receipt of a petition of a batch (SENT: petition.submit or petition.revise), also
     *  of an earlier run. What is put here is committed with the receipt. */
    int (*on_row)(kn_agent_t *agent, const struct kn_message *sent,
                  const struct kn_receipt *receipt);
    /** Each turn of the loop, for those who watch descriptors of their own (kn_client_watch) or
     *  send something out; IS_IDLE: no file waits to be read. */
    int (*on_turn)(kn_agent_t *agent, bool is_idle);

    /** Each EVERY_MS (0: only once at the start), for those who poll. May say batches. */
    int every_ms;
    int (*on_tick)(kn_agent_t *agent);

    /** Following a stream: "all", or "agency/%s" where %s becomes the unit (or the agent's name
     * when it has none) told by the hub. on_frame as in kn_subscribe_options. */
    const char *stream;
    /** The stream, when the configuration decides; NULL: `stream`, which must be given anyhow. */
    const char *(*choose_stream)(const kn_agent_t *agent);
    int (*on_event)(kn_agent_t *agent, uint64_t position, const struct kn_event *event);
    int (*on_frame)(kn_agent_t *agent, uint64_t position);
    /** Where the stream goes on when the agent keeps the cursor with its own effects: the last
     *  position taken. NULL, or KN_E_NOT_FOUND from it: at the cursor kept by the hub. */
    int (*cursor)(kn_agent_t *agent, uint64_t *after);

    /** The final receipt of a message that is not a row of a batch (acts), also of an earlier run.
     */
    int (*on_receipt)(kn_agent_t *agent, uint64_t tag, const struct kn_message *sent,
                      const struct kn_receipt *receipt);
};

/** Runs the agent and gives its exit code. */
KN_API int kn_agent_main(int argc, char **argv, const struct kn_agent_spec *spec);

/* ---- what was configured ------------------------------------------------------------------- */

/** Value of an own option, or of "key", "state", "config"; NULL when not given and without a
 * standard. */
KN_API const char *kn_agent_text(const kn_agent_t *agent, const char *name);
KN_API int64_t kn_agent_integer(const kn_agent_t *agent, const char *name);
KN_API bool kn_agent_flag(const kn_agent_t *agent, const char *name);
/** Value I of a list, NULL behind the last. */
KN_API const char *kn_agent_list(const kn_agent_t *agent, const char *name, size_t i);

/** Whether people are addressed in Vietnamese; KN_TR picks. */
KN_API bool kn_agent_is_vi(const kn_agent_t *agent);
#define KN_TR(agent, vi, en) (kn_agent_is_vi(agent) ? (vi) : (en))
/** Whether --json was given: then print JSON lines and nothing else on standard output. */
KN_API bool kn_agent_is_json(const kn_agent_t *agent);

/** Something for own state: set once in on_start, given back by kn_agent_own. */
KN_API void kn_agent_set_own(kn_agent_t *agent, void *own);
KN_API void *kn_agent_own(const kn_agent_t *agent);

/* ---- intake -------------------------------------------------------------------------------- */

/** Opens a batch. DECLARE (copied) says batch, container, source, channel, title, meeting or
 *  document; `sequence`, `declared` and (when absent) `file` are set here. */
KN_API int kn_agent_batch(kn_agent_t *agent, const struct kn_batch_declare *declare);

/** One petition of the open batch (copied). ROW: its row in the file, from 1, for people. NUMBER:
 * the form's own number or identity of the row ("17", a guid), or NULL: then, and where the number
 * is not unique, its content identifies it. A petition that breaks the contract is refused as a
 * row. */
KN_API int kn_agent_row(kn_agent_t *agent, int64_t row, const char *number,
                        const struct kn_petition *petition);

/** The sheet of the file, or the table of a document, that rows stand in from now on; NULL: none.
 */
KN_API void kn_agent_sheet(kn_agent_t *agent, const char *sheet);

/** A row that cannot be read: recorded by row, code and field, without its text. RAW (RAW_SIZE
 * bytes, may be NULL) is what stands in the row; only its hash is used, to know the row again.
 * FIELD may be NULL. WORDS tell the operator what is wrong and what to do, in the language of
 * kn_agent_is_vi. */
KN_API int kn_agent_refuse(kn_agent_t *agent, int64_t row, const char *number, const void *raw,
                           size_t raw_size, enum kn_code code, const char *field,
                           const char *words);

/** Ends the batch and puts it into the outbox. N_DECLARED: the number of rows that the form itself
 *  states; negative: it states none, the rows are counted. */
KN_API int kn_agent_batch_end(kn_agent_t *agent, int64_t n_declared);

/** As kn_agent_batch_end, for a batch that comes in pieces, one file a message: it stays open for
 *  the files that wait. kn_agent_batch with the same `batch` goes on with it; it goes to the outbox
 *  when another one is opened, when no file waits, or when it is large. */
KN_API int kn_agent_batch_pause(kn_agent_t *agent, int64_t n_declared);
/** Forgets the open batch (the file turned out to be unreadable half-way); nothing of it is sent.
 */
KN_API void kn_agent_batch_drop(kn_agent_t *agent);

/** The open batch states what holds now: a row whose content changed under its item is sent as a
 *  revision (as --revise). With REPLACES, the batch of the document that this one replaces (whose
 *  container it has): rows that are gone are withdrawn, and document.replace is sent. REASON (may
 *  be NULL) is copied. */
KN_API void kn_agent_batch_revises(kn_agent_t *agent, const char *replaces, const char *reason);

/** Learns from the hub which items of BATCH it has, when this agent knows none of CONTAINER (its
 *  state was lost): so that a revision or replacement finds them. */
KN_API int kn_agent_learn_document(kn_agent_t *agent, const char *batch, const char *container);

/** Withdraws the document of BATCH and all of its petitions that this agent knows
 *  (kn_agent_learn_document). KN_OK: it is in the outbox. */
KN_API int kn_agent_withdraw_document(kn_agent_t *agent, const char *batch, const char *container,
                                      const char *reason);

/** Tells the operator of a fault of the whole file or source: one line on standard error (or a JSON
 *  line), PATH: WORDS. PATH NULL: it concerns no file. */
KN_API void kn_agent_fault(kn_agent_t *agent, const char *path, enum kn_code code,
                           const char *field, const char *words);

/* ---- acts and requests --------------------------------------------------------------------- */

/** The client below, connected when first asked for; NULL when it cannot be made (the operator was
 *  told). For subscriptions of one's own, kn_client_put, kn_client_get. */
KN_API kn_client_t *kn_agent_client(kn_agent_t *agent);

/** Sends an act and waits for its final receipt. On KN_OK it was stored or repeated; KN_E_INVALID,
 *  KN_E_CONFLICT: refused, the operator was told why; KN_E_TIMEOUT: it stays in the outbox.
 *  *RECEIPT (may be NULL) is freed with kn_message_destroy. */
KN_API int kn_agent_act(kn_agent_t *agent, struct kn_message **receipt, enum kn_type type,
                        void *body);

/** What a refused act is told of from now on: PLACE (borrowed; "FILE:12"), or NULL for none. */
KN_API void kn_agent_at(kn_agent_t *agent, const char *place);

/** Asks and waits; as kn_client_request, and the operator is told when it fails. */
KN_API int kn_agent_request(kn_agent_t *agent, struct kn_message **answer, enum kn_type type,
                            void *body);

/* ---- files that belong to a petition or an answer ------------------------------------------ */

/** A file as a message names it. */
struct kn_agent_file {
    struct kn_attachment attachment; /**< points into this struct */
    char digest[65], media_type[101], name[201];
};

/** Puts the file at PATH to the hub in pieces, going on where an earlier trial stopped; OUT is how
 *  a message names it (it must not be moved). KN_OK, or the operator was told: KN_E_INVALID, the
 *  hub does not take such a file; KN_E_IO, KN_E_TIMEOUT, KN_E_DENIED. */
KN_API int kn_agent_put_file(kn_agent_t *agent, struct kn_agent_file *out, const char *path);

/** Gets a file of case CODE into the new file PATH; its digest is checked. As above. */
KN_API int kn_agent_get_file(kn_agent_t *agent, const char *code, const char *digest,
                             const char *path);

/* ---- telling ------------------------------------------------------------------------------- */

/** A line on standard error for the log of the process, unless --quiet. Never personal data. */
KN_API void kn_agent_log(kn_agent_t *agent, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** A line on standard output for people; nothing with --json. */
KN_API void kn_agent_print(kn_agent_t *agent, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** A record as one JSON line on standard output, MASKED hides personal data; nothing without
 * --json. */
KN_API void kn_agent_json(kn_agent_t *agent, enum kn_schema schema, const void *body, bool masked);

/** Words of a verdict, of a code with its remedy, or of a KN_E* status, in the operator's language.
 * Never NULL. */
KN_API const char *kn_agent_verdict_words(const kn_agent_t *agent, enum kn_verdict verdict);
KN_API const char *kn_agent_code_words(const kn_agent_t *agent, enum kn_code code);

/** What the hub says when it refuses (REASON, of a receipt or a view), for people; OUT of SIZE
 * bytes may be used for it. */
KN_API const char *kn_agent_reason_words(const kn_agent_t *self, char *out, size_t size,
                                         const char *reason);
KN_API const char *kn_agent_status_words(const kn_agent_t *agent, int rc);
KN_API const char *kn_agent_remedy(const kn_agent_t *agent, enum kn_code code);

/** For commands that wait for something of their own (events --follow): one kn_client_poll of the
 *  client; KN_E_CLOSED when the operator wants to stop. */
KN_API int kn_agent_poll(kn_agent_t *agent, int timeout_ms);

/** Whether the stream of the spec was subscribed to: then it is number 1 of kn_client_position. */
KN_API bool kn_agent_is_following(const kn_agent_t *agent);

/** Gives a tick with this turn, also one more with --once. */
KN_API void kn_agent_tick(kn_agent_t *agent);

/** Ends the agent after this turn, as a signal would, but without a word. */
KN_API void kn_agent_stop(kn_agent_t *agent);

/** Whether the agent was asked to stop; long loops of an agent look at it. */
KN_API bool kn_agent_is_stopping(kn_agent_t *agent);

#ifdef __cplusplus
}
#endif
#endif
