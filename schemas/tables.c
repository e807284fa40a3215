/* tables.c - the contract as rows for codec.c.
 *
 * Made by schemas/gen.py from the files beside it; do not edit, the test schemas.fresh compares.
 */
#include "schemas/codec.h"

/* clang-format off */

#define REQUIRED FIELD_REQUIRED
#define PRIVATE FIELD_PRIVATE
#define HEX FIELD_HEX
#define OPEN FIELD_OPEN

_Static_assert(sizeof(enum kn_assignment_role) == sizeof(int), "enums are as wide as int");
static const char *const enum_assignment_role[] = {
    NULL,
    "lead",
    "partner",
};
static const uint16_t words_assignment_role[] = {
    0, 157, 197
};

_Static_assert(sizeof(enum kn_candidate_state) == sizeof(int), "enums are as wide as int");
static const char *const enum_candidate_state[] = {
    NULL,
    "open",
    "same",
    "different",
};
static const uint16_t words_candidate_state[] = {
    0, 380, 254, 374
};

_Static_assert(sizeof(enum kn_channel) == sizeof(int), "enums are as wide as int");
static const char *const enum_channel[] = {
    NULL,
    "contact",
    "front",
    "press",
    "sms",
    "reception",
    "central",
    "letter",
    "supervision",
    "party",
    "organisation",
    "other",
};
static const uint16_t words_channel[] = {
    0, 109, 143, 217, 265, 232, 95, 158, 276, 198, 189, 190
};

_Static_assert(sizeof(enum kn_clock_kind) == sizeof(int), "enums are as wide as int");
static const char *const enum_clock_kind[] = {
    NULL,
    "answer",
    "acknowledge",
    "classify",
    "commitment",
    "verify",
    "publish",
    "partner",
    "pause",
    "posting",
};
static const uint16_t words_clock_kind[] = {
    0, 42, 33, 97, 26, 299, 224, 197, 347, 352
};

_Static_assert(sizeof(enum kn_code) == sizeof(int), "enums are as wide as int");
static const char *const enum_code[] = {
    NULL,
    "malformed",
    "version",
    "unknown_type",
    "unauthenticated",
    "not_allowed",
    "revoked",
    "quota",
    "out_of_order",
    "busy",
    "storage",
    "required",
    "too_long",
    "too_large",
    "not_text",
    "invalid",
    "unknown_value",
    "unknown_column",
    "unreadable",
    "unknown_case",
    "unknown_batch",
    "illegal_move",
    "wrong_unit",
    "superseded",
    "changed_content",
    "internal",
    "unknown_file",
};
static const uint16_t words_code[] = {
    0, 164, 300, 291, 287, 180, 251, 227, 191, 61, 269, 241, 284, 283, 183, 153, 292, 290, 293, 289, 288, 147, 308, 275, 96, 152, 431
};

_Static_assert(sizeof(enum kn_content_state) == sizeof(int), "enums are as wide as int");
static const char *const enum_content_state[] = {
    NULL,
    "present",
    "erased",
    "withheld",
};
static const uint16_t words_content_state[] = {
    0, 216, 129, 307
};

_Static_assert(sizeof(enum kn_denial_reason) == sizeof(int), "enums are as wide as int");
static const char *const enum_denial_reason[] = {
    NULL,
    "unknown_key",
    "mechanism",
    "handshake",
    "hostile",
    "revoked",
    "unsaid",
    "verb",
    "stream",
    "malformed",
    "quota",
    "rest",
};
static const uint16_t words_denial_reason[] = {
    0, 417, 405, 399, 400, 251, 418, 420, 271, 164, 227, 410
};

_Static_assert(sizeof(enum kn_diversion) == sizeof(int), "enums are as wide as int");
static const char *const enum_diversion[] = {
    NULL,
    "complaint",
    "denunciation",
    "feedback",
    "emergency",
    "central",
};
static const uint16_t words_diversion[] = {
    0, 322, 323, 331, 330, 95
};

_Static_assert(sizeof(enum kn_event_kind) == sizeof(int), "enums are as wide as int");
static const char *const enum_event_kind[] = {
    NULL,
    "batch.opened",
    "batch.row_refused",
    "batch.row_known",
    "batch.closed",
    "case.received",
    "case.revised",
    "case.read",
    "case.linked",
    "case.unlinked",
    "case.unrouted",
    "case.assigned",
    "case.accepted",
    "case.returned",
    "case.answered",
    "case.answer_rejected",
    "case.awaiting_verification",
    "case.verified",
    "case.closed",
    "case.reopened",
    "case.paused",
    "case.resumed",
    "case.diverted",
    "case.not_accepted",
    "case.redated",
    "case.due_soon",
    "case.overdue",
    "case.seriously_overdue",
    "case.reminded",
    "case.satisfaction",
    "case.selected",
    "case.directed",
    "case.published",
    "case.withdrawn",
    "assignment.unsaved",
    "commitment.made",
    "commitment.missed",
    "commitment.kept",
    "person.erased",
    "register.loaded",
    "act.refused",
    "agent.admitted",
    "agent.revoked",
    "case.progress",
    "case.plan_accepted",
    "case.pause_asked",
    "case.publication_proposed",
    "assignment.opinion",
    "assignment.handed_over",
    "case.candidate",
    "case.compared",
    "case.related",
    "case.split",
    "document.replaced",
    "document.withdrawn",
    "petition.withdrawn",
    "agent.gap",
    "agent.gap_closed",
};
static const uint16_t words_event_kind[] = {
    0, 56, 58, 57, 55, 80, 86, 79, 74, 90, 91, 68, 65, 85, 67, 66, 69, 92, 70, 83, 77, 84, 72, 75, 81, 73, 76, 89, 82, 87, 88, 71, 78, 93, 48, 103, 104, 102, 201, 235, 34, 40, 41, 318, 317, 316, 319, 311, 310, 367, 368, 369, 370, 425, 426, 428, 440, 441
};

_Static_assert(sizeof(enum kn_flow) == sizeof(int), "enums are as wide as int");
static const char *const enum_flow[] = {
    NULL,
    "received",
    "to_classify",
    "assigned",
    "in_progress",
    "answered",
    "awaiting_verification",
    "closed",
    "linked",
    "diverted",
    "not_accepted",
    "returned",
    "paused",
    "reopened",
};
static const uint16_t words_flow[] = {
    0, 231, 282, 46, 148, 43, 53, 99, 162, 120, 179, 247, 199, 238
};

_Static_assert(sizeof(enum kn_link_kind) == sizeof(int), "enums are as wide as int");
static const char *const enum_link_kind[] = {
    NULL,
    "duplicate",
    "recurrence",
    "related",
    "split_from",
    "letter",
};
static const uint16_t words_link_kind[] = {
    0, 125, 233, 236, 266, 158
};

_Static_assert(sizeof(enum kn_match_verdict) == sizeof(int), "enums are as wide as int");
static const char *const enum_match_verdict[] = {
    NULL,
    "same",
    "possible",
    "new",
};
static const uint16_t words_match_verdict[] = {
    0, 254, 214, 175
};

_Static_assert(sizeof(enum kn_oversight) == sizeof(int), "enums are as wide as int");
static const char *const enum_oversight[] = {
    NULL,
    "none",
    "proposed",
    "supervision",
    "questioning",
    "explanation",
    "thematic_meeting",
    "review",
};
static const uint16_t words_oversight[] = {
    0, 178, 221, 276, 226, 135, 279, 250
};

_Static_assert(sizeof(enum kn_pause_ground) == sizeof(int), "enums are as wide as int");
static const char *const enum_pause_ground[] = {
    NULL,
    "awaits_decision",
    "awaits_assessment",
    "awaits_voter",
    "in_court",
    "force_majeure",
};
static const uint16_t words_pause_ground[] = {
    0, 313, 312, 314, 337, 332
};

_Static_assert(sizeof(enum kn_publication) == sizeof(int), "enums are as wide as int");
static const char *const enum_publication[] = {
    NULL,
    "internal",
    "awaiting_approval",
    "published",
    "posted",
    "withdrawn",
};
static const uint16_t words_publication[] = {
    0, 152, 52, 225, 215, 306
};

_Static_assert(sizeof(enum kn_reject_ground) == sizeof(int), "enums are as wide as int");
static const char *const enum_reject_ground[] = {
    NULL,
    "not_a_petition",
    "unclear",
    "outside",
    "in_court",
    "settled",
    "unlawful",
};
static const uint16_t words_reject_ground[] = {
    0, 342, 364, 344, 337, 362, 365
};

_Static_assert(sizeof(enum kn_result) == sizeof(int), "enums are as wide as int");
static const char *const enum_result[] = {
    NULL,
    "resolved_document",
    "resolved_inspection",
    "resolved_works",
    "planned_scheduled",
    "planned_submitted",
    "planned_unscheduled",
    "planned_unfunded",
    "planned_later",
    "planned_blocked",
    "planned_other",
    "explained",
};
static const uint16_t words_result[] = {
    0, 242, 243, 244, 209, 210, 212, 211, 207, 206, 208, 134
};

_Static_assert(sizeof(enum kn_role) == sizeof(int), "enums are as wide as int");
static const char *const enum_role[] = {
    NULL,
    "intake",
    "agency",
    "monitor",
    "operator",
    "approver",
    "verifier",
    "ban",
    "standing_committee",
    "deputies",
    "auditor",
};
static const uint16_t words_role[] = {
    0, 151, 39, 170, 188, 45, 298, 54, 267, 117, 51
};

_Static_assert(sizeof(enum kn_satisfaction) == sizeof(int), "enums are as wide as int");
static const char *const enum_satisfaction[] = {
    NULL,
    "unasked",
    "satisfied",
    "accepted",
    "dissatisfied",
    "no_response",
};
static const uint16_t words_satisfaction[] = {
    0, 286, 256, 32, 119, 176
};

_Static_assert(sizeof(enum kn_settlement) == sizeof(int), "enums are as wide as int");
static const char *const enum_settlement[] = {
    NULL,
    "retry",
    "drop",
};
static const uint16_t words_settlement[] = {
    0, 411, 396
};

_Static_assert(sizeof(enum kn_tier) == sizeof(int), "enums are as wide as int");
static const char *const enum_tier[] = {
    NULL,
    "in_time",
    "due_soon",
    "overdue",
    "seriously_overdue",
    "paused",
    "stopped",
};
static const uint16_t words_tier[] = {
    0, 149, 124, 193, 262, 199, 268
};

_Static_assert(sizeof(enum kn_verdict) == sizeof(int), "enums are as wide as int");
static const char *const enum_verdict[] = {
    NULL,
    "stored",
    "repeated",
    "conflict",
    "refused",
    "deferred",
};
static const uint16_t words_verdict[] = {
    0, 270, 239, 105, 234, 116
};

_Static_assert(sizeof(enum kn_verification) == sizeof(int), "enums are as wide as int");
static const char *const enum_verification[] = {
    NULL,
    "none",
    "met",
    "partly",
    "not_met",
    "not_applicable",
};
static const uint16_t words_verification[] = {
    0, 178, 168, 196, 182, 181
};

const struct enum_row codec_enums[] = {
    {"", NULL, NULL, 0},
    {"assignment_role", enum_assignment_role, words_assignment_role, 2},
    {"candidate_state", enum_candidate_state, words_candidate_state, 3},
    {"channel", enum_channel, words_channel, 11},
    {"clock_kind", enum_clock_kind, words_clock_kind, 9},
    {"code", enum_code, words_code, 26},
    {"content_state", enum_content_state, words_content_state, 3},
    {"denial_reason", enum_denial_reason, words_denial_reason, 11},
    {"diversion", enum_diversion, words_diversion, 5},
    {"event_kind", enum_event_kind, words_event_kind, 57},
    {"flow", enum_flow, words_flow, 13},
    {"link_kind", enum_link_kind, words_link_kind, 5},
    {"match_verdict", enum_match_verdict, words_match_verdict, 3},
    {"oversight", enum_oversight, words_oversight, 7},
    {"pause_ground", enum_pause_ground, words_pause_ground, 5},
    {"publication", enum_publication, words_publication, 5},
    {"reject_ground", enum_reject_ground, words_reject_ground, 6},
    {"result", enum_result, words_result, 11},
    {"role", enum_role, words_role, 10},
    {"satisfaction", enum_satisfaction, words_satisfaction, 5},
    {"settlement", enum_settlement, words_settlement, 2},
    {"tier", enum_tier, words_tier, 6},
    {"verdict", enum_verdict, words_verdict, 5},
    {"verification", enum_verification, words_verification, 5},
};
const size_t codec_n_enums = sizeof codec_enums / sizeof *codec_enums;

/* key, its length, kind, flags, offset, offset of has_x or n_x, schema or enum, max items, bounds, word */
static const struct field_row fields_acl_test[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_acl_test, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"agent", 5, KIND_STRING, REQUIRED, offsetof(struct kn_acl_test, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"verb", 4, KIND_STRING, 0, offsetof(struct kn_acl_test, verb), 0, 0, 0, INT64_C(0), INT64_C(60), 420},
    {"stream", 6, KIND_STRING, 0, offsetof(struct kn_acl_test, stream), 0, 0, 0, INT64_C(0), INT64_C(80), 271},
};

static const struct field_row fields_acl_view[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_acl_view, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"allowed", 7, KIND_BOOLEAN, REQUIRED, offsetof(struct kn_acl_view, allowed), 0, 0, 0, INT64_C(0), INT64_C(0), 392},
    {"persons", 7, KIND_BOOLEAN, 0, offsetof(struct kn_acl_view, persons), 0, 0, 0, INT64_C(0), INT64_C(0), 407},
    {"reason", 6, KIND_STRING, 0, offsetof(struct kn_acl_view, reason), 0, 0, 0, INT64_C(0), INT64_C(300), 230},
};

static const struct field_row fields_agent_admit[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_agent_admit, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"agent", 5, KIND_OBJECT, REQUIRED, offsetof(struct kn_agent_admit, agent), 0, KN_SCHEMA_AGENT, 0, INT64_C(0), INT64_C(0), 7},
};

static const struct field_row fields_agent_gap[] = {
    {"agent", 5, KIND_STRING, REQUIRED, offsetof(struct kn_agent_gap, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"instance", 8, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_agent_gap, instance), 0, 0, 0, INT64_C(16), INT64_C(16), 150},
    {"first", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_agent_gap, first), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 139},
    {"last", 4, KIND_INTEGER, REQUIRED, offsetof(struct kn_agent_gap, last), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 155},
    {"since", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_agent_gap, since), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 414},
    {"closed", 6, KIND_BOOLEAN, 0, offsetof(struct kn_agent_gap, closed), 0, 0, 0, INT64_C(0), INT64_C(0), 99},
};

static const struct field_row fields_agent_get[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_agent_get, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"agent", 5, KIND_STRING, 0, offsetof(struct kn_agent_get, agent), 0, 0, 0, INT64_C(0), INT64_C(60), 7},
    {"after", 5, KIND_STRING, 0, offsetof(struct kn_agent_get, after), 0, 0, 0, INT64_C(0), INT64_C(60), 38},
};

static const struct field_row fields_agent[] = {
    {"agent", 5, KIND_STRING, REQUIRED, offsetof(struct kn_agent, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"role", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_agent, role), 0, KN_ENUM_ROLE, 0, INT64_C(0), INT64_C(0), 252},
    {"unit", 4, KIND_STRING, 0, offsetof(struct kn_agent, unit), 0, 0, 0, INT64_C(0), INT64_C(60), 14},
    {"key", 3, KIND_STRING, REQUIRED, offsetof(struct kn_agent, key), 0, 0, 0, INT64_C(40), INT64_C(40), 154},
    {"revoked", 7, KIND_BOOLEAN, 0, offsetof(struct kn_agent, revoked), 0, 0, 0, INT64_C(0), INT64_C(0), 251},
    {"window", 6, KIND_INTEGER, 0, offsetof(struct kn_agent, window), offsetof(struct kn_agent, has_window), 0, 0, INT64_C(1), INT64_C(4096), 305},
    {"admitted_at", 11, KIND_INTEGER, 0, offsetof(struct kn_agent, admitted_at), offsetof(struct kn_agent, has_admitted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 37},
    {"limits", 6, KIND_OBJECT, 0, offsetof(struct kn_agent, limits), 0, KN_SCHEMA_LIMITS, 0, INT64_C(0), INT64_C(0), 404},
    {"gaps", 4, KIND_OBJECTS, 0, offsetof(struct kn_agent, gaps), offsetof(struct kn_agent, n_gaps), KN_SCHEMA_GAP, 8, INT64_C(0), INT64_C(0), 443},
};

static const struct field_row fields_agent_revoke[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_agent_revoke, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"agent", 5, KIND_STRING, REQUIRED, offsetof(struct kn_agent_revoke, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"reason", 6, KIND_STRING, 0, offsetof(struct kn_agent_revoke, reason), 0, 0, 0, INT64_C(0), INT64_C(200), 230},
};

static const struct field_row fields_agent_view[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_agent_view, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"agents", 6, KIND_OBJECTS, REQUIRED, offsetof(struct kn_agent_view, agents), offsetof(struct kn_agent_view, n_agents), KN_SCHEMA_AGENT, 100, INT64_C(0), INT64_C(0), 390},
    {"more_after", 10, KIND_STRING, 0, offsetof(struct kn_agent_view, more_after), 0, 0, 0, INT64_C(0), INT64_C(60), 172},
};

static const struct field_row fields_answer[] = {
    {"number", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_answer, number), 0, 0, 0, INT64_C(1), INT64_C(10000), 29},
    {"unit", 4, KIND_STRING, REQUIRED, offsetof(struct kn_answer, unit), 0, 0, 0, INT64_C(1), INT64_C(60), 14},
    {"result", 6, KIND_ENUM, REQUIRED, offsetof(struct kn_answer, result), 0, KN_ENUM_RESULT, 0, INT64_C(0), INT64_C(0), 245},
    {"document", 8, KIND_OBJECT, 0, offsetof(struct kn_answer, document), 0, KN_SCHEMA_DOCUMENT, 0, INT64_C(0), INT64_C(0), 121},
    {"at", 2, KIND_INTEGER, REQUIRED, offsetof(struct kn_answer, at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 4},
    {"promised_on", 11, KIND_STRING, 0, offsetof(struct kn_answer, promised_on), 0, 0, 0, INT64_C(10), INT64_C(10), 220},
    {"text", 4, KIND_STRING, PRIVATE, offsetof(struct kn_answer, text), 0, 0, 0, INT64_C(0), INT64_C(16000), 278},
    {"partial", 7, KIND_BOOLEAN, 0, offsetof(struct kn_answer, partial), 0, 0, 0, INT64_C(0), INT64_C(0), 346},
    {"span", 4, KIND_STRING, 0, offsetof(struct kn_answer, span), 0, 0, 0, INT64_C(0), INT64_C(300), 363},
    {"checklist", 9, KIND_OBJECT, 0, offsetof(struct kn_answer, checklist), 0, KN_SCHEMA_CHECKLIST, 0, INT64_C(0), INT64_C(0), 320},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_answer, acted_at), offsetof(struct kn_answer, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
};

static const struct field_row fields_answer_review[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_answer_review, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_answer_review, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"accepted", 8, KIND_BOOLEAN, 0, offsetof(struct kn_answer_review, accepted), 0, 0, 0, INT64_C(0), INT64_C(0), 32},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_answer_review, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_answer_review, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_answer_submit[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_answer_submit, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_answer_submit, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"result", 6, KIND_ENUM, REQUIRED, offsetof(struct kn_answer_submit, result), 0, KN_ENUM_RESULT, 0, INT64_C(0), INT64_C(0), 245},
    {"document", 8, KIND_OBJECT, 0, offsetof(struct kn_answer_submit, document), 0, KN_SCHEMA_DOCUMENT, 0, INT64_C(0), INT64_C(0), 121},
    {"promised_on", 11, KIND_STRING, 0, offsetof(struct kn_answer_submit, promised_on), 0, 0, 0, INT64_C(10), INT64_C(10), 220},
    {"text", 4, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_answer_submit, text), 0, 0, 0, INT64_C(1), INT64_C(16000), 278},
    {"partial", 7, KIND_BOOLEAN, 0, offsetof(struct kn_answer_submit, partial), 0, 0, 0, INT64_C(0), INT64_C(0), 346},
    {"span", 4, KIND_STRING, 0, offsetof(struct kn_answer_submit, span), 0, 0, 0, INT64_C(0), INT64_C(300), 363},
    {"checklist", 9, KIND_OBJECT, 0, offsetof(struct kn_answer_submit, checklist), 0, KN_SCHEMA_CHECKLIST, 0, INT64_C(0), INT64_C(0), 320},
    {"attachments", 11, KIND_OBJECTS, PRIVATE, offsetof(struct kn_answer_submit, attachments), offsetof(struct kn_answer_submit, n_attachments), KN_SCHEMA_ATTACHMENT, 16, INT64_C(0), INT64_C(0), 50},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_answer_submit, acted_at), offsetof(struct kn_answer_submit, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
};

static const struct field_row fields_assignment_accept[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_assignment_accept, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_assignment_accept, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"assignment", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_assignment_accept, assignment), 0, 0, 0, INT64_C(1), INT64_C(10000), 47},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_assignment_accept, acted_at), offsetof(struct kn_assignment_accept, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
};

static const struct field_row fields_assignment[] = {
    {"number", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_assignment, number), 0, 0, 0, INT64_C(1), INT64_C(10000), 29},
    {"unit", 4, KIND_STRING, REQUIRED, offsetof(struct kn_assignment, unit), 0, 0, 0, INT64_C(1), INT64_C(60), 14},
    {"role", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_assignment, role), 0, KN_ENUM_ASSIGNMENT_ROLE, 0, INT64_C(0), INT64_C(0), 252},
    {"offered_at", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_assignment, offered_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 185},
    {"saved_at", 8, KIND_INTEGER, 0, offsetof(struct kn_assignment, saved_at), offsetof(struct kn_assignment, has_saved_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 258},
    {"returned_at", 11, KIND_INTEGER, 0, offsetof(struct kn_assignment, returned_at), offsetof(struct kn_assignment, has_returned_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 248},
    {"basis", 5, KIND_STRING, 0, offsetof(struct kn_assignment, basis), 0, 0, 0, INT64_C(0), INT64_C(200), 25},
    {"by", 2, KIND_STRING, 0, offsetof(struct kn_assignment, by), 0, 0, 0, INT64_C(0), INT64_C(60), 62},
    {"done_at", 7, KIND_INTEGER, 0, offsetof(struct kn_assignment, done_at), offsetof(struct kn_assignment, has_done_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 328},
};

static const struct field_row fields_assignment_return[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_assignment_return, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_assignment_return, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"assignment", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_assignment_return, assignment), 0, 0, 0, INT64_C(1), INT64_C(10000), 47},
    {"proposed_unit", 13, KIND_STRING, 0, offsetof(struct kn_assignment_return, proposed_unit), 0, 0, 0, INT64_C(0), INT64_C(60), 222},
    {"reason", 6, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_assignment_return, reason), 0, 0, 0, INT64_C(1), INT64_C(500), 230},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_assignment_return, acted_at), offsetof(struct kn_assignment_return, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
};

static const struct field_row fields_attachment[] = {
    {"digest", 6, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_attachment, digest), 0, 0, 0, INT64_C(64), INT64_C(64), 118},
    {"size", 4, KIND_INTEGER, REQUIRED, offsetof(struct kn_attachment, size), 0, 0, 0, INT64_C(0), INT64_C(1099511627776), 264},
    {"media_type", 10, KIND_STRING, REQUIRED, offsetof(struct kn_attachment, media_type), 0, 0, 0, INT64_C(1), INT64_C(100), 166},
    {"name", 4, KIND_STRING, PRIVATE, offsetof(struct kn_attachment, name), 0, 0, 0, INT64_C(0), INT64_C(200), 174},
};

static const struct field_row fields_batch_declare[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch_declare, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"batch", 5, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_batch_declare, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"container", 9, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_batch_declare, container), 0, 0, 0, INT64_C(32), INT64_C(32), 9},
    {"source", 6, KIND_STRING, REQUIRED, offsetof(struct kn_batch_declare, source), 0, 0, 0, INT64_C(1), INT64_C(40), 11},
    {"channel", 7, KIND_ENUM, REQUIRED, offsetof(struct kn_batch_declare, channel), 0, KN_ENUM_CHANNEL, 0, INT64_C(0), INT64_C(0), 12},
    {"declared", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch_declare, declared), 0, 0, 0, INT64_C(0), INT64_C(100000000), 115},
    {"title", 5, KIND_STRING, 0, offsetof(struct kn_batch_declare, title), 0, 0, 0, INT64_C(0), INT64_C(300), 280},
    {"file", 4, KIND_STRING, 0, offsetof(struct kn_batch_declare, file), 0, 0, 0, INT64_C(0), INT64_C(200), 138},
    {"meeting", 7, KIND_OBJECT, 0, offsetof(struct kn_batch_declare, meeting), 0, KN_SCHEMA_MEETING, 0, INT64_C(0), INT64_C(0), 167},
    {"document", 8, KIND_OBJECT, 0, offsetof(struct kn_batch_declare, document), 0, KN_SCHEMA_DOCUMENT, 0, INT64_C(0), INT64_C(0), 121},
    {"attachments", 11, KIND_OBJECTS, PRIVATE, offsetof(struct kn_batch_declare, attachments), offsetof(struct kn_batch_declare, n_attachments), KN_SCHEMA_ATTACHMENT, 16, INT64_C(0), INT64_C(0), 50},
};

static const struct field_row fields_batch_get[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch_get, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"batch", 5, KIND_STRING, HEX, offsetof(struct kn_batch_get, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"after", 5, KIND_STRING, 0, offsetof(struct kn_batch_get, after), 0, 0, 0, INT64_C(0), INT64_C(64), 38},
    {"limit", 5, KIND_INTEGER, 0, offsetof(struct kn_batch_get, limit), offsetof(struct kn_batch_get, has_limit), 0, 0, INT64_C(1), INT64_C(500), 159},
};

static const struct field_row fields_batch[] = {
    {"batch", 5, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_batch, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"container", 9, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_batch, container), 0, 0, 0, INT64_C(32), INT64_C(32), 9},
    {"agent", 5, KIND_STRING, REQUIRED, offsetof(struct kn_batch, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"source", 6, KIND_STRING, REQUIRED, offsetof(struct kn_batch, source), 0, 0, 0, INT64_C(1), INT64_C(40), 11},
    {"channel", 7, KIND_ENUM, REQUIRED, offsetof(struct kn_batch, channel), 0, KN_ENUM_CHANNEL, 0, INT64_C(0), INT64_C(0), 12},
    {"title", 5, KIND_STRING, 0, offsetof(struct kn_batch, title), 0, 0, 0, INT64_C(0), INT64_C(300), 280},
    {"file", 4, KIND_STRING, 0, offsetof(struct kn_batch, file), 0, 0, 0, INT64_C(0), INT64_C(200), 138},
    {"meeting", 7, KIND_OBJECT, 0, offsetof(struct kn_batch, meeting), 0, KN_SCHEMA_MEETING, 0, INT64_C(0), INT64_C(0), 167},
    {"document", 8, KIND_OBJECT, 0, offsetof(struct kn_batch, document), 0, KN_SCHEMA_DOCUMENT, 0, INT64_C(0), INT64_C(0), 121},
    {"declared", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch, declared), 0, 0, 0, INT64_C(0), INT64_C(100000000), 115},
    {"stored", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch, stored), 0, 0, 0, INT64_C(0), INT64_C(100000000), 270},
    {"fresh", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch, fresh), 0, 0, 0, INT64_C(0), INT64_C(100000000), 142},
    {"linked", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch, linked), 0, 0, 0, INT64_C(0), INT64_C(100000000), 162},
    {"refused", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch, refused), 0, 0, 0, INT64_C(0), INT64_C(100000000), 234},
    {"elsewhere", 9, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch, elsewhere), 0, 0, 0, INT64_C(0), INT64_C(100000000), 127},
    {"missing", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch, missing), 0, 0, 0, INT64_C(0), INT64_C(100000000), 169},
    {"opened_at", 9, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch, opened_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 187},
    {"closed_at", 9, KIND_INTEGER, 0, offsetof(struct kn_batch, closed_at), offsetof(struct kn_batch, has_closed_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 100},
    {"last_event", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch, last_event), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 30},
    {"replaced_by", 11, KIND_STRING, HEX, offsetof(struct kn_batch, replaced_by), 0, 0, 0, INT64_C(32), INT64_C(32), 429},
    {"withdrawn_at", 12, KIND_INTEGER, 0, offsetof(struct kn_batch, withdrawn_at), offsetof(struct kn_batch, has_withdrawn_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 432},
    {"letter", 6, KIND_INTEGER, 0, offsetof(struct kn_batch, letter), offsetof(struct kn_batch, has_letter), 0, 0, INT64_C(0), INT64_C(9007199254740991), 158},
};

static const struct field_row fields_batch_view[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_batch_view, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"batches", 7, KIND_OBJECTS, REQUIRED, offsetof(struct kn_batch_view, batches), offsetof(struct kn_batch_view, n_batches), KN_SCHEMA_BATCH, 200, INT64_C(0), INT64_C(0), 59},
    {"rows", 4, KIND_OBJECTS, 0, offsetof(struct kn_batch_view, rows), offsetof(struct kn_batch_view, n_rows), KN_SCHEMA_ROW, 500, INT64_C(0), INT64_C(0), 253},
    {"more_after", 10, KIND_STRING, 0, offsetof(struct kn_batch_view, more_after), 0, 0, 0, INT64_C(0), INT64_C(64), 172},
    {"attachments", 11, KIND_OBJECTS, PRIVATE, offsetof(struct kn_batch_view, attachments), offsetof(struct kn_batch_view, n_attachments), KN_SCHEMA_ATTACHMENT, 16, INT64_C(0), INT64_C(0), 50},
};

static const struct field_row fields_bye[] = {
    {"code", 4, KIND_ENUM, 0, offsetof(struct kn_bye, code), 0, KN_ENUM_CODE, 0, INT64_C(0), INT64_C(0), 101},
};

static const struct field_row fields_candidate_decide[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_candidate_decide, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_candidate_decide, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"earlier", 7, KIND_STRING, REQUIRED, offsetof(struct kn_candidate_decide, earlier), 0, 0, 0, INT64_C(8), INT64_C(24), 375},
    {"decision", 8, KIND_ENUM, REQUIRED, offsetof(struct kn_candidate_decide, decision), 0, KN_ENUM_CANDIDATE_STATE, 0, INT64_C(0), INT64_C(0), 373},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_candidate_decide, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_candidate_decide, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_candidate_find[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_candidate_find, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"state", 5, KIND_ENUM, 0, offsetof(struct kn_candidate_find, state), 0, KN_ENUM_CANDIDATE_STATE, 0, INT64_C(0), INT64_C(0), 386},
    {"case", 4, KIND_STRING, 0, offsetof(struct kn_candidate_find, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"after", 5, KIND_STRING, 0, offsetof(struct kn_candidate_find, after), 0, 0, 0, INT64_C(0), INT64_C(60), 38},
    {"limit", 5, KIND_INTEGER, 0, offsetof(struct kn_candidate_find, limit), offsetof(struct kn_candidate_find, has_limit), 0, 0, INT64_C(1), INT64_C(200), 159},
};

static const struct field_row fields_candidate[] = {
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_candidate, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"verdict", 7, KIND_ENUM, REQUIRED, offsetof(struct kn_candidate, verdict), 0, KN_ENUM_MATCH_VERDICT, 0, INT64_C(0), INT64_C(0), 296},
    {"score", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_candidate, score), 0, 0, 0, INT64_C(0), INT64_C(1000), 259},
    {"relation", 8, KIND_ENUM, 0, offsetof(struct kn_candidate, relation), 0, KN_ENUM_LINK_KIND, 0, INT64_C(0), INT64_C(0), 237},
    {"place", 5, KIND_INTEGER, 0, offsetof(struct kn_candidate, place), offsetof(struct kn_candidate, has_place), 0, 0, INT64_C(-1), INT64_C(1000), 204},
    {"matter", 6, KIND_INTEGER, 0, offsetof(struct kn_candidate, matter), offsetof(struct kn_candidate, has_matter), 0, 0, INT64_C(0), INT64_C(1000), 378},
    {"words", 5, KIND_INTEGER, 0, offsetof(struct kn_candidate, words), offsetof(struct kn_candidate, has_words), 0, 0, INT64_C(0), INT64_C(1000), 387},
    {"exact", 5, KIND_BOOLEAN, 0, offsetof(struct kn_candidate, exact), 0, 0, 0, INT64_C(0), INT64_C(0), 376},
    {"why", 3, KIND_STRING, 0, offsetof(struct kn_candidate, why), 0, 0, 0, INT64_C(0), INT64_C(300), 304},
};

static const struct field_row fields_candidate_list[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_candidate_list, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"pairs", 5, KIND_OBJECTS, REQUIRED, offsetof(struct kn_candidate_list, pairs), offsetof(struct kn_candidate_list, n_pairs), KN_SCHEMA_CANDIDATE_VIEW, 200, INT64_C(0), INT64_C(0), 382},
    {"more_after", 10, KIND_STRING, 0, offsetof(struct kn_candidate_list, more_after), 0, 0, 0, INT64_C(0), INT64_C(60), 172},
};

static const struct field_row fields_candidate_pair[] = {
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_candidate_pair, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"earlier", 7, KIND_STRING, REQUIRED, offsetof(struct kn_candidate_pair, earlier), 0, 0, 0, INT64_C(8), INT64_C(24), 375},
    {"state", 5, KIND_ENUM, REQUIRED, offsetof(struct kn_candidate_pair, state), 0, KN_ENUM_CANDIDATE_STATE, 0, INT64_C(0), INT64_C(0), 386},
    {"link", 4, KIND_ENUM, 0, offsetof(struct kn_candidate_pair, link), 0, KN_ENUM_LINK_KIND, 0, INT64_C(0), INT64_C(0), 160},
    {"score", 5, KIND_INTEGER, 0, offsetof(struct kn_candidate_pair, score), offsetof(struct kn_candidate_pair, has_score), 0, 0, INT64_C(0), INT64_C(1000), 259},
    {"place", 5, KIND_INTEGER, 0, offsetof(struct kn_candidate_pair, place), offsetof(struct kn_candidate_pair, has_place), 0, 0, INT64_C(-1), INT64_C(1000), 204},
    {"matter", 6, KIND_INTEGER, 0, offsetof(struct kn_candidate_pair, matter), offsetof(struct kn_candidate_pair, has_matter), 0, 0, INT64_C(0), INT64_C(1000), 378},
    {"words", 5, KIND_INTEGER, 0, offsetof(struct kn_candidate_pair, words), offsetof(struct kn_candidate_pair, has_words), 0, 0, INT64_C(0), INT64_C(1000), 387},
    {"why", 3, KIND_STRING, 0, offsetof(struct kn_candidate_pair, why), 0, 0, 0, INT64_C(0), INT64_C(300), 304},
    {"at", 2, KIND_INTEGER, REQUIRED, offsetof(struct kn_candidate_pair, at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 4},
    {"decided_at", 10, KIND_INTEGER, 0, offsetof(struct kn_candidate_pair, decided_at), offsetof(struct kn_candidate_pair, has_decided_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 372},
    {"by", 2, KIND_STRING, 0, offsetof(struct kn_candidate_pair, by), 0, 0, 0, INT64_C(0), INT64_C(60), 62},
};

static const struct field_row fields_candidate_side[] = {
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_candidate_side, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"flow", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_candidate_side, flow), 0, KN_ENUM_FLOW, 0, INT64_C(0), INT64_C(0), 3},
    {"received_at", 11, KIND_INTEGER, REQUIRED, offsetof(struct kn_candidate_side, received_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 27},
    {"source", 6, KIND_STRING, 0, offsetof(struct kn_candidate_side, source), 0, 0, 0, INT64_C(0), INT64_C(40), 11},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_candidate_side, field), 0, 0, 0, INT64_C(0), INT64_C(40), 15},
    {"area", 4, KIND_STRING, 0, offsetof(struct kn_candidate_side, area), 0, 0, 0, INT64_C(0), INT64_C(40), 16},
    {"unit", 4, KIND_STRING, 0, offsetof(struct kn_candidate_side, unit), 0, 0, 0, INT64_C(0), INT64_C(60), 14},
    {"linked", 6, KIND_INTEGER, 0, offsetof(struct kn_candidate_side, linked), offsetof(struct kn_candidate_side, has_linked), 0, 0, INT64_C(0), INT64_C(1000000), 162},
    {"content_state", 13, KIND_ENUM, 0, offsetof(struct kn_candidate_side, content_state), 0, KN_ENUM_CONTENT_STATE, 0, INT64_C(0), INT64_C(0), 110},
    {"text", 4, KIND_STRING, PRIVATE, offsetof(struct kn_candidate_side, text), 0, 0, 0, INT64_C(0), INT64_C(16000), 278},
    {"cut", 3, KIND_BOOLEAN, 0, offsetof(struct kn_candidate_side, cut), 0, 0, 0, INT64_C(0), INT64_C(0), 371},
};

static const struct field_row fields_candidate_view[] = {
    {"pair", 4, KIND_OBJECT, REQUIRED, offsetof(struct kn_candidate_view, pair), 0, KN_SCHEMA_CANDIDATE_PAIR, 0, INT64_C(0), INT64_C(0), 381},
    {"later", 5, KIND_OBJECT, REQUIRED, offsetof(struct kn_candidate_view, later), 0, KN_SCHEMA_CANDIDATE_SIDE, 0, INT64_C(0), INT64_C(0), 377},
    {"earlier", 7, KIND_OBJECT, REQUIRED, offsetof(struct kn_candidate_view, earlier), 0, KN_SCHEMA_CANDIDATE_SIDE, 0, INT64_C(0), INT64_C(0), 375},
};

static const struct field_row fields_case_assign[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_assign, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_assign, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"unit", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_assign, unit), 0, 0, 0, INT64_C(1), INT64_C(60), 14},
    {"basis", 5, KIND_STRING, 0, offsetof(struct kn_case_assign, basis), 0, 0, 0, INT64_C(0), INT64_C(200), 25},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_assign, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_assign, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
    {"role", 4, KIND_ENUM, 0, offsetof(struct kn_case_assign, role), 0, KN_ENUM_ASSIGNMENT_ROLE, 0, INT64_C(0), INT64_C(0), 252},
    {"ruling", 6, KIND_BOOLEAN, 0, offsetof(struct kn_case_assign, ruling), 0, 0, 0, INT64_C(0), INT64_C(0), 360},
};

static const struct field_row fields_case_direct[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_direct, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_direct, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"body", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_direct, body), 0, 0, 0, INT64_C(1), INT64_C(200), 315},
    {"document", 8, KIND_OBJECT, 0, offsetof(struct kn_case_direct, document), 0, KN_SCHEMA_DOCUMENT, 0, INT64_C(0), INT64_C(0), 121},
    {"due_on", 6, KIND_STRING, 0, offsetof(struct kn_case_direct, due_on), 0, 0, 0, INT64_C(10), INT64_C(10), 329},
    {"reason", 6, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_case_direct, reason), 0, 0, 0, INT64_C(1), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_direct, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_divert[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_divert, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_divert, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"diversion", 9, KIND_ENUM, REQUIRED, offsetof(struct kn_case_divert, diversion), 0, KN_ENUM_DIVERSION, 0, INT64_C(0), INT64_C(0), 326},
    {"receipt", 7, KIND_STRING, REQUIRED, offsetof(struct kn_case_divert, receipt), 0, 0, 0, INT64_C(1), INT64_C(60), 354},
    {"receiver", 8, KIND_STRING, 0, offsetof(struct kn_case_divert, receiver), 0, 0, 0, INT64_C(0), INT64_C(200), 355},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_divert, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_divert, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_erase[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_erase, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_erase, case_), 0, 0, 0, INT64_C(1), INT64_C(24), 1},
    {"basis", 5, KIND_STRING, 0, offsetof(struct kn_case_erase, basis), 0, 0, 0, INT64_C(0), INT64_C(200), 25},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_erase, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(200), 186},
};

static const struct field_row fields_case_find[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_find, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"flow", 4, KIND_ENUM, 0, offsetof(struct kn_case_find, flow), 0, KN_ENUM_FLOW, 0, INT64_C(0), INT64_C(0), 3},
    {"unit", 4, KIND_STRING, 0, offsetof(struct kn_case_find, unit), 0, 0, 0, INT64_C(0), INT64_C(60), 14},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_case_find, field), 0, 0, 0, INT64_C(0), INT64_C(40), 15},
    {"area", 4, KIND_STRING, 0, offsetof(struct kn_case_find, area), 0, 0, 0, INT64_C(0), INT64_C(40), 16},
    {"tier", 4, KIND_ENUM, 0, offsetof(struct kn_case_find, tier), 0, KN_ENUM_TIER, 0, INT64_C(0), INT64_C(0), 20},
    {"batch", 5, KIND_STRING, HEX, offsetof(struct kn_case_find, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"before", 6, KIND_INTEGER, 0, offsetof(struct kn_case_find, before), offsetof(struct kn_case_find, has_before), 0, 0, INT64_C(0), INT64_C(9007199254740991), 60},
    {"limit", 5, KIND_INTEGER, 0, offsetof(struct kn_case_find, limit), offsetof(struct kn_case_find, has_limit), 0, 0, INT64_C(1), INT64_C(200), 159},
    {"text", 4, KIND_STRING, PRIVATE, offsetof(struct kn_case_find, text), 0, 0, 0, INT64_C(0), INT64_C(200), 278},
    {"source", 6, KIND_STRING, 0, offsetof(struct kn_case_find, source), 0, 0, 0, INT64_C(0), INT64_C(40), 11},
    {"verification", 12, KIND_ENUM, 0, offsetof(struct kn_case_find, verification), 0, KN_ENUM_VERIFICATION, 0, INT64_C(0), INT64_C(0), 297},
    {"satisfaction", 12, KIND_ENUM, 0, offsetof(struct kn_case_find, satisfaction), 0, KN_ENUM_SATISFACTION, 0, INT64_C(0), INT64_C(0), 255},
    {"oversight", 9, KIND_ENUM, 0, offsetof(struct kn_case_find, oversight), 0, KN_ENUM_OVERSIGHT, 0, INT64_C(0), INT64_C(0), 194},
    {"publication", 11, KIND_ENUM, 0, offsetof(struct kn_case_find, publication), 0, KN_ENUM_PUBLICATION, 0, INT64_C(0), INT64_C(0), 223},
    {"docket", 6, KIND_STRING, 0, offsetof(struct kn_case_find, docket), 0, 0, 0, INT64_C(0), INT64_C(40), 327},
    {"group", 5, KIND_STRING, 0, offsetof(struct kn_case_find, group), 0, 0, 0, INT64_C(0), INT64_C(100), 144},
    {"received_from", 13, KIND_INTEGER, 0, offsetof(struct kn_case_find, received_from), offsetof(struct kn_case_find, has_received_from), 0, 0, INT64_C(0), INT64_C(253402300799999), 435},
    {"received_to", 11, KIND_INTEGER, 0, offsetof(struct kn_case_find, received_to), offsetof(struct kn_case_find, has_received_to), 0, 0, INT64_C(0), INT64_C(253402300799999), 436},
};

static const struct field_row fields_case_get[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_get, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_get, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"explain", 7, KIND_BOOLEAN, 0, offsetof(struct kn_case_get, explain), 0, 0, 0, INT64_C(0), INT64_C(0), 433},
};

static const struct field_row fields_case[] = {
    {"code", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case, code), 0, 0, 0, INT64_C(8), INT64_C(24), 101},
    {"number", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_case, number), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 29},
    {"flow", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_case, flow), 0, KN_ENUM_FLOW, 0, INT64_C(0), INT64_C(0), 3},
    {"result", 6, KIND_ENUM, 0, offsetof(struct kn_case, result), 0, KN_ENUM_RESULT, 0, INT64_C(0), INT64_C(0), 245},
    {"verification", 12, KIND_ENUM, REQUIRED, offsetof(struct kn_case, verification), 0, KN_ENUM_VERIFICATION, 0, INT64_C(0), INT64_C(0), 297},
    {"satisfaction", 12, KIND_ENUM, REQUIRED, offsetof(struct kn_case, satisfaction), 0, KN_ENUM_SATISFACTION, 0, INT64_C(0), INT64_C(0), 255},
    {"oversight", 9, KIND_ENUM, REQUIRED, offsetof(struct kn_case, oversight), 0, KN_ENUM_OVERSIGHT, 0, INT64_C(0), INT64_C(0), 194},
    {"publication", 11, KIND_ENUM, REQUIRED, offsetof(struct kn_case, publication), 0, KN_ENUM_PUBLICATION, 0, INT64_C(0), INT64_C(0), 223},
    {"parent", 6, KIND_STRING, 0, offsetof(struct kn_case, parent), 0, 0, 0, INT64_C(0), INT64_C(24), 195},
    {"link", 4, KIND_ENUM, 0, offsetof(struct kn_case, link), 0, KN_ENUM_LINK_KIND, 0, INT64_C(0), INT64_C(0), 160},
    {"link_why", 8, KIND_STRING, 0, offsetof(struct kn_case, link_why), 0, 0, 0, INT64_C(0), INT64_C(300), 161},
    {"agent", 5, KIND_STRING, REQUIRED, offsetof(struct kn_case, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"source", 6, KIND_STRING, REQUIRED, offsetof(struct kn_case, source), 0, 0, 0, INT64_C(1), INT64_C(40), 11},
    {"channel", 7, KIND_ENUM, REQUIRED, offsetof(struct kn_case, channel), 0, KN_ENUM_CHANNEL, 0, INT64_C(0), INT64_C(0), 12},
    {"batch", 5, KIND_STRING, HEX, offsetof(struct kn_case, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"row", 3, KIND_INTEGER, 0, offsetof(struct kn_case, row), offsetof(struct kn_case, has_row), 0, 0, INT64_C(0), INT64_C(100000000), 13},
    {"received_at", 11, KIND_INTEGER, REQUIRED, offsetof(struct kn_case, received_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 27},
    {"stored_at", 9, KIND_INTEGER, REQUIRED, offsetof(struct kn_case, stored_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 28},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_case, field), 0, 0, 0, INT64_C(0), INT64_C(40), 15},
    {"area", 4, KIND_STRING, 0, offsetof(struct kn_case, area), 0, 0, 0, INT64_C(0), INT64_C(40), 16},
    {"unit", 4, KIND_STRING, 0, offsetof(struct kn_case, unit), 0, 0, 0, INT64_C(0), INT64_C(60), 14},
    {"returns", 7, KIND_INTEGER, 0, offsetof(struct kn_case, returns), offsetof(struct kn_case, has_returns), 0, 0, INT64_C(0), INT64_C(1000), 249},
    {"reopened", 8, KIND_INTEGER, 0, offsetof(struct kn_case, reopened), offsetof(struct kn_case, has_reopened), 0, 0, INT64_C(0), INT64_C(1000), 238},
    {"assignments", 11, KIND_OBJECTS, 0, offsetof(struct kn_case, assignments), offsetof(struct kn_case, n_assignments), KN_SCHEMA_ASSIGNMENT, 32, INT64_C(0), INT64_C(0), 49},
    {"answers", 7, KIND_OBJECTS, 0, offsetof(struct kn_case, answers), offsetof(struct kn_case, n_answers), KN_SCHEMA_ANSWER, 32, INT64_C(0), INT64_C(0), 44},
    {"clocks", 6, KIND_OBJECTS, 0, offsetof(struct kn_case, clocks), offsetof(struct kn_case, n_clocks), KN_SCHEMA_CLOCK, 16, INT64_C(0), INT64_C(0), 98},
    {"last_event", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_case, last_event), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 30},
    {"submission", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_case, submission), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 31},
    {"linked", 6, KIND_INTEGER, 0, offsetof(struct kn_case, linked), offsetof(struct kn_case, has_linked), 0, 0, INT64_C(0), INT64_C(1000000), 162},
    {"registers", 9, KIND_STRING, HEX, offsetof(struct kn_case, registers), 0, 0, 0, INT64_C(16), INT64_C(16), 17},
    {"reminders", 9, KIND_INTEGER, 0, offsetof(struct kn_case, reminders), offsetof(struct kn_case, has_reminders), 0, 0, INT64_C(0), INT64_C(10000), 358},
    {"directions", 10, KIND_INTEGER, 0, offsetof(struct kn_case, directions), offsetof(struct kn_case, has_directions), 0, 0, INT64_C(0), INT64_C(10000), 325},
    {"ruled", 5, KIND_BOOLEAN, 0, offsetof(struct kn_case, ruled), 0, 0, 0, INT64_C(0), INT64_C(0), 359},
    {"plan_accepted", 13, KIND_BOOLEAN, 0, offsetof(struct kn_case, plan_accepted), 0, 0, 0, INT64_C(0), INT64_C(0), 351},
    {"closed_at", 9, KIND_INTEGER, 0, offsetof(struct kn_case, closed_at), offsetof(struct kn_case, has_closed_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 100},
    {"commitments", 11, KIND_OBJECTS, 0, offsetof(struct kn_case, commitments), offsetof(struct kn_case, n_commitments), KN_SCHEMA_COMMITMENT, 32, INT64_C(0), INT64_C(0), 321},
    {"selections", 10, KIND_OBJECTS, 0, offsetof(struct kn_case, selections), offsetof(struct kn_case, n_selections), KN_SCHEMA_SELECTION, 16, INT64_C(0), INT64_C(0), 361},
    {"missed", 6, KIND_INTEGER, 0, offsetof(struct kn_case, missed), offsetof(struct kn_case, has_missed), 0, 0, INT64_C(0), INT64_C(10000), 340},
    {"not_met", 7, KIND_INTEGER, 0, offsetof(struct kn_case, not_met), offsetof(struct kn_case, has_not_met), 0, 0, INT64_C(0), INT64_C(10000), 182},
    {"relations", 9, KIND_OBJECTS, 0, offsetof(struct kn_case, relations), offsetof(struct kn_case, n_relations), KN_SCHEMA_RELATION, 16, INT64_C(0), INT64_C(0), 384},
    {"withdrawn_at", 12, KIND_INTEGER, 0, offsetof(struct kn_case, withdrawn_at), offsetof(struct kn_case, has_withdrawn_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 432},
};

static const struct field_row fields_case_link[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_link, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_link, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"parent", 6, KIND_STRING, REQUIRED, offsetof(struct kn_case_link, parent), 0, 0, 0, INT64_C(8), INT64_C(24), 195},
    {"link", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_case_link, link), 0, KN_ENUM_LINK_KIND, 0, INT64_C(0), INT64_C(0), 160},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_link, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_link, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_list[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_list, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"cases", 5, KIND_OBJECTS, REQUIRED, offsetof(struct kn_case_list, cases), offsetof(struct kn_case_list, n_cases), KN_SCHEMA_CASE, 200, INT64_C(0), INT64_C(0), 94},
    {"more_before", 11, KIND_INTEGER, 0, offsetof(struct kn_case_list, more_before), offsetof(struct kn_case_list, has_more_before), 0, 0, INT64_C(0), INT64_C(9007199254740991), 173},
};

static const struct field_row fields_case_pause[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_pause, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_pause, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"ground", 6, KIND_ENUM, REQUIRED, offsetof(struct kn_case_pause, ground), 0, KN_ENUM_PAUSE_GROUND, 0, INT64_C(0), INT64_C(0), 333},
    {"until", 5, KIND_STRING, REQUIRED, offsetof(struct kn_case_pause, until), 0, 0, 0, INT64_C(10), INT64_C(10), 366},
    {"basis", 5, KIND_STRING, 0, offsetof(struct kn_case_pause, basis), 0, 0, 0, INT64_C(0), INT64_C(200), 25},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_pause, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_pause, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_publish[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_publish, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_publish, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"publication", 11, KIND_ENUM, REQUIRED, offsetof(struct kn_case_publish, publication), 0, KN_ENUM_PUBLICATION, 0, INT64_C(0), INT64_C(0), 223},
    {"text", 4, KIND_STRING, PRIVATE, offsetof(struct kn_case_publish, text), 0, 0, 0, INT64_C(0), INT64_C(4000), 278},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_publish, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_publish, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_reject[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_reject, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_reject, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"ground", 6, KIND_ENUM, REQUIRED, offsetof(struct kn_case_reject, ground), 0, KN_ENUM_REJECT_GROUND, 0, INT64_C(0), INT64_C(0), 333},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_reject, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_reject, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_remind[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_remind, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_remind, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"document", 8, KIND_OBJECT, 0, offsetof(struct kn_case_remind, document), 0, KN_SCHEMA_DOCUMENT, 0, INT64_C(0), INT64_C(0), 121},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_remind, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_remind, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_reopen[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_reopen, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_reopen, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"reason", 6, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_case_reopen, reason), 0, 0, 0, INT64_C(1), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_reopen, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_resume[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_resume, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_resume, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_resume, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_resume, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_satisfaction[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_satisfaction, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_satisfaction, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"satisfaction", 12, KIND_ENUM, REQUIRED, offsetof(struct kn_case_satisfaction, satisfaction), 0, KN_ENUM_SATISFACTION, 0, INT64_C(0), INT64_C(0), 255},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_satisfaction, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_satisfaction, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_case_satisfaction, acted_at), offsetof(struct kn_case_satisfaction, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
};

static const struct field_row fields_case_select[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_select, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_select, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"docket", 6, KIND_STRING, REQUIRED, offsetof(struct kn_case_select, docket), 0, 0, 0, INT64_C(1), INT64_C(40), 327},
    {"oversight", 9, KIND_ENUM, REQUIRED, offsetof(struct kn_case_select, oversight), 0, KN_ENUM_OVERSIGHT, 0, INT64_C(0), INT64_C(0), 194},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_select, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_select, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_split[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_split, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_split, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"text", 4, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_case_split, text), 0, 0, 0, INT64_C(1), INT64_C(16000), 278},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_case_split, field), 0, 0, 0, INT64_C(0), INT64_C(100), 15},
    {"area", 4, KIND_STRING, 0, offsetof(struct kn_case_split, area), 0, 0, 0, INT64_C(0), INT64_C(200), 16},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_split, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_split, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_unlink[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_unlink, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_unlink, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"parent", 6, KIND_STRING, 0, offsetof(struct kn_case_unlink, parent), 0, 0, 0, INT64_C(8), INT64_C(24), 195},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_case_unlink, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_unlink, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_case_verify[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_verify, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_case_verify, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"verification", 12, KIND_ENUM, REQUIRED, offsetof(struct kn_case_verify, verification), 0, KN_ENUM_VERIFICATION, 0, INT64_C(0), INT64_C(0), 297},
    {"place", 5, KIND_STRING, 0, offsetof(struct kn_case_verify, place), 0, 0, 0, INT64_C(0), INT64_C(200), 204},
    {"evidence", 8, KIND_STRING, PRIVATE, offsetof(struct kn_case_verify, evidence), 0, 0, 0, INT64_C(0), INT64_C(500), 132},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_case_verify, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
    {"attachments", 11, KIND_OBJECTS, PRIVATE, offsetof(struct kn_case_verify, attachments), offsetof(struct kn_case_verify, n_attachments), KN_SCHEMA_ATTACHMENT, 16, INT64_C(0), INT64_C(0), 50},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_case_verify, acted_at), offsetof(struct kn_case_verify, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
};

static const struct field_row fields_case_view[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_case_view, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"case", 4, KIND_OBJECT, REQUIRED, offsetof(struct kn_case_view, case_), 0, KN_SCHEMA_CASE, 0, INT64_C(0), INT64_C(0), 1},
    {"content_state", 13, KIND_ENUM, 0, offsetof(struct kn_case_view, content_state), 0, KN_ENUM_CONTENT_STATE, 0, INT64_C(0), INT64_C(0), 110},
    {"petition", 8, KIND_OBJECT, PRIVATE, offsetof(struct kn_case_view, petition), 0, KN_SCHEMA_PETITION, 0, INT64_C(0), INT64_C(0), 202},
    {"events", 6, KIND_OBJECTS, 0, offsetof(struct kn_case_view, events), offsetof(struct kn_case_view, n_events), KN_SCHEMA_EVENT, 128, INT64_C(0), INT64_C(0), 131},
    {"more", 4, KIND_BOOLEAN, 0, offsetof(struct kn_case_view, more), 0, 0, 0, INT64_C(0), INT64_C(0), 171},
    {"explanations", 12, KIND_OBJECTS, 0, offsetof(struct kn_case_view, explanations), offsetof(struct kn_case_view, n_explanations), KN_SCHEMA_EXPLANATION, 40, INT64_C(0), INT64_C(0), 434},
    {"related", 7, KIND_OBJECTS, 0, offsetof(struct kn_case_view, related), offsetof(struct kn_case_view, n_related), KN_SCHEMA_RELATION, 100, INT64_C(0), INT64_C(0), 236},
};

static const struct field_row fields_checklist[] = {
    {"on_point", 8, KIND_BOOLEAN, 0, offsetof(struct kn_checklist, on_point), 0, 0, 0, INT64_C(0), INT64_C(0), 343},
    {"has_basis", 9, KIND_BOOLEAN, 0, offsetof(struct kn_checklist, has_basis), 0, 0, 0, INT64_C(0), INT64_C(0), 334},
    {"has_date", 8, KIND_BOOLEAN, 0, offsetof(struct kn_checklist, has_date), 0, 0, 0, INT64_C(0), INT64_C(0), 335},
    {"has_evidence", 12, KIND_BOOLEAN, 0, offsetof(struct kn_checklist, has_evidence), 0, 0, 0, INT64_C(0), INT64_C(0), 336},
};

static const struct field_row fields_clock[] = {
    {"kind", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_clock, kind), 0, KN_ENUM_CLOCK_KIND, 0, INT64_C(0), INT64_C(0), 2},
    {"tier", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_clock, tier), 0, KN_ENUM_TIER, 0, INT64_C(0), INT64_C(0), 20},
    {"started_at", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_clock, started_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 21},
    {"due_at", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_clock, due_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 22},
    {"next_at", 7, KIND_INTEGER, 0, offsetof(struct kn_clock, next_at), offsetof(struct kn_clock, has_next_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 23},
    {"profile", 7, KIND_STRING, 0, offsetof(struct kn_clock, profile), 0, 0, 0, INT64_C(0), INT64_C(40), 24},
    {"registers", 9, KIND_STRING, HEX, offsetof(struct kn_clock, registers), 0, 0, 0, INT64_C(16), INT64_C(16), 17},
    {"basis", 5, KIND_STRING, 0, offsetof(struct kn_clock, basis), 0, 0, 0, INT64_C(0), INT64_C(200), 25},
    {"part", 4, KIND_INTEGER, 0, offsetof(struct kn_clock, part), offsetof(struct kn_clock, has_part), 0, 0, INT64_C(1), INT64_C(10000), 345},
    {"paused_at", 9, KIND_INTEGER, 0, offsetof(struct kn_clock, paused_at), offsetof(struct kn_clock, has_paused_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 349},
    {"paused_days", 11, KIND_INTEGER, 0, offsetof(struct kn_clock, paused_days), offsetof(struct kn_clock, has_paused_days), 0, 0, INT64_C(0), INT64_C(10000), 350},
};

static const struct field_row fields_clock_move[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_clock_move, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"to", 2, KIND_INTEGER, REQUIRED, offsetof(struct kn_clock_move, to), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 281},
};

static const struct field_row fields_clock_review[] = {
    {"now", 3, KIND_INTEGER, REQUIRED, offsetof(struct kn_clock_review, now), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 184},
    {"cases", 5, KIND_STRINGS, 0, offsetof(struct kn_clock_review, cases), offsetof(struct kn_clock_review, n_cases), 0, 512, INT64_C(0), INT64_C(24), 94},
};

static const struct field_row fields_clock_tick[] = {
    {"now", 3, KIND_INTEGER, REQUIRED, offsetof(struct kn_clock_tick, now), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 184},
    {"cases", 5, KIND_STRINGS, 0, offsetof(struct kn_clock_tick, cases), offsetof(struct kn_clock_tick, n_cases), 0, 512, INT64_C(0), INT64_C(24), 94},
};

static const struct field_row fields_commitment[] = {
    {"number", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_commitment, number), 0, 0, 0, INT64_C(1), INT64_C(10000), 29},
    {"unit", 4, KIND_STRING, 0, offsetof(struct kn_commitment, unit), 0, 0, 0, INT64_C(0), INT64_C(60), 14},
    {"promised_on", 11, KIND_STRING, REQUIRED, offsetof(struct kn_commitment, promised_on), 0, 0, 0, INT64_C(10), INT64_C(10), 220},
    {"made_at", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_commitment, made_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 339},
    {"kept_at", 7, KIND_INTEGER, 0, offsetof(struct kn_commitment, kept_at), offsetof(struct kn_commitment, has_kept_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 338},
    {"missed_at", 9, KIND_INTEGER, 0, offsetof(struct kn_commitment, missed_at), offsetof(struct kn_commitment, has_missed_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 341},
    {"docket", 6, KIND_STRING, 0, offsetof(struct kn_commitment, docket), 0, 0, 0, INT64_C(0), INT64_C(40), 327},
};

static const struct field_row fields_commitment_keep[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_commitment_keep, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_commitment_keep, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"commitment", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_commitment_keep, commitment), 0, 0, 0, INT64_C(1), INT64_C(10000), 26},
    {"text", 4, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_commitment_keep, text), 0, 0, 0, INT64_C(1), INT64_C(2000), 278},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_commitment_keep, acted_at), offsetof(struct kn_commitment_keep, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
};

static const struct field_row fields_commitment_make[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_commitment_make, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_commitment_make, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"promised_on", 11, KIND_STRING, REQUIRED, offsetof(struct kn_commitment_make, promised_on), 0, 0, 0, INT64_C(10), INT64_C(10), 220},
    {"docket", 6, KIND_STRING, 0, offsetof(struct kn_commitment_make, docket), 0, 0, 0, INT64_C(0), INT64_C(40), 327},
    {"text", 4, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_commitment_make, text), 0, 0, 0, INT64_C(1), INT64_C(2000), 278},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_commitment_make, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_consumer[] = {
    {"stream", 6, KIND_STRING, REQUIRED, offsetof(struct kn_consumer, stream), 0, 0, 0, INT64_C(1), INT64_C(80), 271},
    {"consumer", 8, KIND_STRING, REQUIRED, offsetof(struct kn_consumer, consumer), 0, 0, 0, INT64_C(1), INT64_C(60), 107},
    {"agent", 5, KIND_STRING, 0, offsetof(struct kn_consumer, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"saved", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_consumer, saved), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 257},
    {"last", 4, KIND_INTEGER, REQUIRED, offsetof(struct kn_consumer, last), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 155},
    {"connected", 9, KIND_BOOLEAN, 0, offsetof(struct kn_consumer, connected), 0, 0, 0, INT64_C(0), INT64_C(0), 106},
    {"unsaved_at", 10, KIND_INTEGER, 0, offsetof(struct kn_consumer, unsaved_at), offsetof(struct kn_consumer, has_unsaved_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 419},
    {"quarantined", 11, KIND_INTEGER, 0, offsetof(struct kn_consumer, quarantined), offsetof(struct kn_consumer, has_quarantined), 0, 0, INT64_C(0), INT64_C(9007199254740991), 408},
};

static const struct field_row fields_content[] = {
    {"petition", 8, KIND_OBJECT, PRIVATE, offsetof(struct kn_content, petition), 0, KN_SCHEMA_PETITION, 0, INT64_C(0), INT64_C(0), 202},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_content, reason), 0, 0, 0, INT64_C(0), INT64_C(2000), 230},
    {"answer", 6, KIND_STRING, PRIVATE, offsetof(struct kn_content, answer), 0, 0, 0, INT64_C(0), INT64_C(16000), 42},
    {"evidence", 8, KIND_STRING, PRIVATE, offsetof(struct kn_content, evidence), 0, 0, 0, INT64_C(0), INT64_C(500), 132},
    {"summary", 7, KIND_STRING, PRIVATE, offsetof(struct kn_content, summary), 0, 0, 0, INT64_C(0), INT64_C(4000), 274},
    {"attachments", 11, KIND_OBJECTS, PRIVATE, offsetof(struct kn_content, attachments), offsetof(struct kn_content, n_attachments), KN_SCHEMA_ATTACHMENT, 16, INT64_C(0), INT64_C(0), 50},
};

static const struct field_row fields_count[] = {
    {"name", 4, KIND_STRING, REQUIRED, offsetof(struct kn_count, name), 0, 0, 0, INT64_C(1), INT64_C(60), 174},
    {"value", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_count, value), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 295},
};

static const struct field_row fields_denial_get[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_denial_get, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"after", 5, KIND_INTEGER, 0, offsetof(struct kn_denial_get, after), offsetof(struct kn_denial_get, has_after), 0, 0, INT64_C(0), INT64_C(9007199254740991), 38},
    {"limit", 5, KIND_INTEGER, 0, offsetof(struct kn_denial_get, limit), offsetof(struct kn_denial_get, has_limit), 0, 0, INT64_C(1), INT64_C(200), 159},
};

static const struct field_row fields_denial[] = {
    {"number", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_denial, number), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 29},
    {"at", 2, KIND_INTEGER, REQUIRED, offsetof(struct kn_denial, at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 4},
    {"who", 3, KIND_STRING, REQUIRED, offsetof(struct kn_denial, who), 0, 0, 0, INT64_C(1), INT64_C(80), 422},
    {"is_agent", 8, KIND_BOOLEAN, 0, offsetof(struct kn_denial, is_agent), 0, 0, 0, INT64_C(0), INT64_C(0), 401},
    {"reason", 6, KIND_ENUM, REQUIRED, offsetof(struct kn_denial, reason), 0, KN_ENUM_DENIAL_REASON, 0, INT64_C(0), INT64_C(0), 230},
    {"verb", 4, KIND_STRING, 0, offsetof(struct kn_denial, verb), 0, 0, 0, INT64_C(0), INT64_C(80), 420},
    {"count", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_denial, count), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 394},
};

static const struct field_row fields_denial_view[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_denial_view, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"denials", 7, KIND_OBJECTS, REQUIRED, offsetof(struct kn_denial_view, denials), offsetof(struct kn_denial_view, n_denials), KN_SCHEMA_DENIAL, 200, INT64_C(0), INT64_C(0), 395},
    {"more_after", 10, KIND_INTEGER, 0, offsetof(struct kn_denial_view, more_after), offsetof(struct kn_denial_view, has_more_after), 0, 0, INT64_C(0), INT64_C(9007199254740991), 172},
};

static const struct field_row fields_deny[] = {
    {"code", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_deny, code), 0, KN_ENUM_CODE, 0, INT64_C(0), INT64_C(0), 101},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_deny, field), 0, 0, 0, INT64_C(0), INT64_C(96), 15},
    {"reason", 6, KIND_STRING, 0, offsetof(struct kn_deny, reason), 0, 0, 0, INT64_C(0), INT64_C(200), 230},
    {"retry_after_ms", 14, KIND_INTEGER, 0, offsetof(struct kn_deny, retry_after_ms), offsetof(struct kn_deny, has_retry_after_ms), 0, 0, INT64_C(0), INT64_C(86400000), 246},
    {"request", 7, KIND_INTEGER, 0, offsetof(struct kn_deny, request), offsetof(struct kn_deny, has_request), 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
};

static const struct field_row fields_detail[] = {
    {"commitment", 10, KIND_INTEGER, 0, offsetof(struct kn_detail, commitment), offsetof(struct kn_detail, has_commitment), 0, 0, INT64_C(1), INT64_C(10000), 26},
    {"docket", 6, KIND_STRING, 0, offsetof(struct kn_detail, docket), 0, 0, 0, INT64_C(0), INT64_C(40), 327},
    {"reminder", 8, KIND_INTEGER, 0, offsetof(struct kn_detail, reminder), offsetof(struct kn_detail, has_reminder), 0, 0, INT64_C(1), INT64_C(10000), 357},
    {"partial", 7, KIND_BOOLEAN, 0, offsetof(struct kn_detail, partial), 0, 0, 0, INT64_C(0), INT64_C(0), 346},
    {"span", 4, KIND_STRING, 0, offsetof(struct kn_detail, span), 0, 0, 0, INT64_C(0), INT64_C(300), 363},
    {"checklist", 9, KIND_OBJECT, 0, offsetof(struct kn_detail, checklist), 0, KN_SCHEMA_CHECKLIST, 0, INT64_C(0), INT64_C(0), 320},
    {"ruling", 6, KIND_BOOLEAN, 0, offsetof(struct kn_detail, ruling), 0, 0, 0, INT64_C(0), INT64_C(0), 360},
    {"reject_ground", 13, KIND_ENUM, 0, offsetof(struct kn_detail, reject_ground), 0, KN_ENUM_REJECT_GROUND, 0, INT64_C(0), INT64_C(0), 356},
    {"pause_ground", 12, KIND_ENUM, 0, offsetof(struct kn_detail, pause_ground), 0, KN_ENUM_PAUSE_GROUND, 0, INT64_C(0), INT64_C(0), 348},
    {"until", 5, KIND_STRING, 0, offsetof(struct kn_detail, until), 0, 0, 0, INT64_C(10), INT64_C(10), 366},
    {"paused_days", 11, KIND_INTEGER, 0, offsetof(struct kn_detail, paused_days), offsetof(struct kn_detail, has_paused_days), 0, 0, INT64_C(0), INT64_C(10000), 350},
    {"diversion", 9, KIND_ENUM, 0, offsetof(struct kn_detail, diversion), 0, KN_ENUM_DIVERSION, 0, INT64_C(0), INT64_C(0), 326},
    {"receipt", 7, KIND_STRING, 0, offsetof(struct kn_detail, receipt), 0, 0, 0, INT64_C(0), INT64_C(60), 354},
    {"body", 4, KIND_STRING, 0, offsetof(struct kn_detail, body), 0, 0, 0, INT64_C(0), INT64_C(200), 315},
    {"place", 5, KIND_STRING, 0, offsetof(struct kn_detail, place), 0, 0, 0, INT64_C(0), INT64_C(200), 204},
    {"predecessor", 11, KIND_STRING, 0, offsetof(struct kn_detail, predecessor), 0, 0, 0, INT64_C(0), INT64_C(60), 353},
    {"decision", 8, KIND_ENUM, 0, offsetof(struct kn_detail, decision), 0, KN_ENUM_CANDIDATE_STATE, 0, INT64_C(0), INT64_C(0), 373},
    {"score", 5, KIND_INTEGER, 0, offsetof(struct kn_detail, score), offsetof(struct kn_detail, has_score), 0, 0, INT64_C(0), INT64_C(1000), 259},
    {"place_score", 11, KIND_INTEGER, 0, offsetof(struct kn_detail, place_score), offsetof(struct kn_detail, has_place_score), 0, 0, INT64_C(-1), INT64_C(1000), 383},
    {"matter_score", 12, KIND_INTEGER, 0, offsetof(struct kn_detail, matter_score), offsetof(struct kn_detail, has_matter_score), 0, 0, INT64_C(0), INT64_C(1000), 379},
    {"words_score", 11, KIND_INTEGER, 0, offsetof(struct kn_detail, words_score), offsetof(struct kn_detail, has_words_score), 0, 0, INT64_C(0), INT64_C(1000), 388},
    {"attachments", 11, KIND_OBJECTS, PRIVATE, offsetof(struct kn_detail, attachments), offsetof(struct kn_detail, n_attachments), KN_SCHEMA_ATTACHMENT, 16, INT64_C(0), INT64_C(0), 50},
    {"replaced_by", 11, KIND_STRING, HEX, offsetof(struct kn_detail, replaced_by), 0, 0, 0, INT64_C(32), INT64_C(32), 429},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_detail, acted_at), offsetof(struct kn_detail, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
    {"gap", 3, KIND_OBJECT, 0, offsetof(struct kn_detail, gap), 0, KN_SCHEMA_GAP, 0, INT64_C(0), INT64_C(0), 442},
};

static const struct field_row fields_document[] = {
    {"number", 6, KIND_STRING, REQUIRED, offsetof(struct kn_document, number), 0, 0, 0, INT64_C(1), INT64_C(60), 29},
    {"date", 4, KIND_STRING, REQUIRED, offsetof(struct kn_document, date), 0, 0, 0, INT64_C(10), INT64_C(10), 114},
    {"sender", 6, KIND_STRING, REQUIRED, offsetof(struct kn_document, sender), 0, 0, 0, INT64_C(1), INT64_C(200), 261},
    {"subject", 7, KIND_STRING, 0, offsetof(struct kn_document, subject), 0, 0, 0, INT64_C(0), INT64_C(500), 272},
};

static const struct field_row fields_document_replace[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_document_replace, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"batch", 5, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_document_replace, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"replaces", 8, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_document_replace, replaces), 0, 0, 0, INT64_C(32), INT64_C(32), 430},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_document_replace, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
};

static const struct field_row fields_document_withdraw[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_document_withdraw, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"batch", 5, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_document_withdraw, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_document_withdraw, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
};

static const struct field_row fields_erasure_get[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_erasure_get, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"case", 4, KIND_STRING, 0, offsetof(struct kn_erasure_get, case_), 0, 0, 0, INT64_C(0), INT64_C(24), 1},
    {"after", 5, KIND_INTEGER, 0, offsetof(struct kn_erasure_get, after), offsetof(struct kn_erasure_get, has_after), 0, 0, INT64_C(0), INT64_C(9007199254740991), 38},
    {"limit", 5, KIND_INTEGER, 0, offsetof(struct kn_erasure_get, limit), offsetof(struct kn_erasure_get, has_limit), 0, 0, INT64_C(1), INT64_C(50), 159},
};

static const struct field_row fields_erasure[] = {
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_erasure, case_), 0, 0, 0, INT64_C(1), INT64_C(24), 1},
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_erasure, sequence), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 5},
    {"at", 2, KIND_INTEGER, REQUIRED, offsetof(struct kn_erasure, at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 4},
    {"pending", 7, KIND_OBJECTS, REQUIRED, offsetof(struct kn_erasure, pending), offsetof(struct kn_erasure, n_pending), KN_SCHEMA_CONSUMER, 50, INT64_C(0), INT64_C(0), 406},
};

static const struct field_row fields_erasure_view[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_erasure_view, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"erasures", 8, KIND_OBJECTS, REQUIRED, offsetof(struct kn_erasure_view, erasures), offsetof(struct kn_erasure_view, n_erasures), KN_SCHEMA_ERASURE, 50, INT64_C(0), INT64_C(0), 397},
    {"more_after", 10, KIND_INTEGER, 0, offsetof(struct kn_erasure_view, more_after), offsetof(struct kn_erasure_view, has_more_after), 0, 0, INT64_C(0), INT64_C(9007199254740991), 172},
};

static const struct field_row fields_event[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_event, sequence), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 5},
    {"kind", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_event, kind), 0, KN_ENUM_EVENT_KIND, 0, INT64_C(0), INT64_C(0), 2},
    {"at", 2, KIND_INTEGER, REQUIRED, offsetof(struct kn_event, at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 4},
    {"actor", 5, KIND_STRING, 0, offsetof(struct kn_event, actor), 0, 0, 0, INT64_C(0), INT64_C(60), 6},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_event, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
    {"case", 4, KIND_STRING, 0, offsetof(struct kn_event, case_), 0, 0, 0, INT64_C(0), INT64_C(24), 1},
    {"previous", 8, KIND_INTEGER, 0, offsetof(struct kn_event, previous), offsetof(struct kn_event, has_previous), 0, 0, INT64_C(0), INT64_C(9007199254740991), 19},
    {"flow", 4, KIND_ENUM, 0, offsetof(struct kn_event, flow), 0, KN_ENUM_FLOW, 0, INT64_C(0), INT64_C(0), 3},
    {"result", 6, KIND_ENUM, 0, offsetof(struct kn_event, result), 0, KN_ENUM_RESULT, 0, INT64_C(0), INT64_C(0), 245},
    {"verification", 12, KIND_ENUM, 0, offsetof(struct kn_event, verification), 0, KN_ENUM_VERIFICATION, 0, INT64_C(0), INT64_C(0), 297},
    {"satisfaction", 12, KIND_ENUM, 0, offsetof(struct kn_event, satisfaction), 0, KN_ENUM_SATISFACTION, 0, INT64_C(0), INT64_C(0), 255},
    {"oversight", 9, KIND_ENUM, 0, offsetof(struct kn_event, oversight), 0, KN_ENUM_OVERSIGHT, 0, INT64_C(0), INT64_C(0), 194},
    {"publication", 11, KIND_ENUM, 0, offsetof(struct kn_event, publication), 0, KN_ENUM_PUBLICATION, 0, INT64_C(0), INT64_C(0), 223},
    {"agent", 5, KIND_STRING, 0, offsetof(struct kn_event, agent), 0, 0, 0, INT64_C(0), INT64_C(60), 7},
    {"source", 6, KIND_STRING, 0, offsetof(struct kn_event, source), 0, 0, 0, INT64_C(0), INT64_C(40), 11},
    {"channel", 7, KIND_ENUM, 0, offsetof(struct kn_event, channel), 0, KN_ENUM_CHANNEL, 0, INT64_C(0), INT64_C(0), 12},
    {"batch", 5, KIND_STRING, HEX, offsetof(struct kn_event, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"item", 4, KIND_STRING, 0, offsetof(struct kn_event, item), 0, 0, 0, INT64_C(0), INT64_C(64), 10},
    {"row", 3, KIND_INTEGER, 0, offsetof(struct kn_event, row), offsetof(struct kn_event, has_row), 0, 0, INT64_C(0), INT64_C(100000000), 13},
    {"container", 9, KIND_STRING, HEX, offsetof(struct kn_event, container), 0, 0, 0, INT64_C(32), INT64_C(32), 9},
    {"title", 5, KIND_STRING, 0, offsetof(struct kn_event, title), 0, 0, 0, INT64_C(0), INT64_C(300), 280},
    {"file", 4, KIND_STRING, 0, offsetof(struct kn_event, file), 0, 0, 0, INT64_C(0), INT64_C(200), 138},
    {"meeting", 7, KIND_OBJECT, 0, offsetof(struct kn_event, meeting), 0, KN_SCHEMA_MEETING, 0, INT64_C(0), INT64_C(0), 167},
    {"declared", 8, KIND_INTEGER, 0, offsetof(struct kn_event, declared), offsetof(struct kn_event, has_declared), 0, 0, INT64_C(0), INT64_C(100000000), 115},
    {"stored", 6, KIND_INTEGER, 0, offsetof(struct kn_event, stored), offsetof(struct kn_event, has_stored), 0, 0, INT64_C(0), INT64_C(100000000), 270},
    {"refused", 7, KIND_INTEGER, 0, offsetof(struct kn_event, refused), offsetof(struct kn_event, has_refused), 0, 0, INT64_C(0), INT64_C(100000000), 234},
    {"linked", 6, KIND_INTEGER, 0, offsetof(struct kn_event, linked), offsetof(struct kn_event, has_linked), 0, 0, INT64_C(0), INT64_C(100000000), 162},
    {"received_at", 11, KIND_INTEGER, 0, offsetof(struct kn_event, received_at), offsetof(struct kn_event, has_received_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 27},
    {"commitment", 10, KIND_STRING, HEX, offsetof(struct kn_event, commitment), 0, 0, 0, INT64_C(64), INT64_C(64), 26},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_event, field), 0, 0, 0, INT64_C(0), INT64_C(40), 15},
    {"area", 4, KIND_STRING, 0, offsetof(struct kn_event, area), 0, 0, 0, INT64_C(0), INT64_C(40), 16},
    {"unit", 4, KIND_STRING, 0, offsetof(struct kn_event, unit), 0, 0, 0, INT64_C(0), INT64_C(60), 14},
    {"assignment", 10, KIND_INTEGER, 0, offsetof(struct kn_event, assignment), offsetof(struct kn_event, has_assignment), 0, 0, INT64_C(1), INT64_C(10000), 47},
    {"role", 4, KIND_ENUM, 0, offsetof(struct kn_event, role), 0, KN_ENUM_ASSIGNMENT_ROLE, 0, INT64_C(0), INT64_C(0), 252},
    {"proposed_unit", 13, KIND_STRING, 0, offsetof(struct kn_event, proposed_unit), 0, 0, 0, INT64_C(0), INT64_C(60), 222},
    {"parent", 6, KIND_STRING, 0, offsetof(struct kn_event, parent), 0, 0, 0, INT64_C(0), INT64_C(24), 195},
    {"link", 4, KIND_ENUM, 0, offsetof(struct kn_event, link), 0, KN_ENUM_LINK_KIND, 0, INT64_C(0), INT64_C(0), 160},
    {"why", 3, KIND_STRING, 0, offsetof(struct kn_event, why), 0, 0, 0, INT64_C(0), INT64_C(1000), 304},
    {"clock", 5, KIND_ENUM, 0, offsetof(struct kn_event, clock), 0, KN_ENUM_CLOCK_KIND, 0, INT64_C(0), INT64_C(0), 18},
    {"tier", 4, KIND_ENUM, 0, offsetof(struct kn_event, tier), 0, KN_ENUM_TIER, 0, INT64_C(0), INT64_C(0), 20},
    {"started_at", 10, KIND_INTEGER, 0, offsetof(struct kn_event, started_at), offsetof(struct kn_event, has_started_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 21},
    {"due_at", 6, KIND_INTEGER, 0, offsetof(struct kn_event, due_at), offsetof(struct kn_event, has_due_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 22},
    {"was_due_at", 10, KIND_INTEGER, 0, offsetof(struct kn_event, was_due_at), offsetof(struct kn_event, has_was_due_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 303},
    {"next_at", 7, KIND_INTEGER, 0, offsetof(struct kn_event, next_at), offsetof(struct kn_event, has_next_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 23},
    {"profile", 7, KIND_STRING, 0, offsetof(struct kn_event, profile), 0, 0, 0, INT64_C(0), INT64_C(40), 24},
    {"basis", 5, KIND_STRING, 0, offsetof(struct kn_event, basis), 0, 0, 0, INT64_C(0), INT64_C(200), 25},
    {"clock_basis", 11, KIND_STRING, 0, offsetof(struct kn_event, clock_basis), 0, 0, 0, INT64_C(0), INT64_C(200), 309},
    {"clocks", 6, KIND_OBJECTS, 0, offsetof(struct kn_event, clocks), offsetof(struct kn_event, n_clocks), KN_SCHEMA_CLOCK, 40, INT64_C(0), INT64_C(0), 98},
    {"registers", 9, KIND_STRING, HEX, offsetof(struct kn_event, registers), 0, 0, 0, INT64_C(16), INT64_C(16), 17},
    {"document", 8, KIND_OBJECT, 0, offsetof(struct kn_event, document), 0, KN_SCHEMA_DOCUMENT, 0, INT64_C(0), INT64_C(0), 121},
    {"promised_on", 11, KIND_STRING, 0, offsetof(struct kn_event, promised_on), 0, 0, 0, INT64_C(10), INT64_C(10), 220},
    {"detail", 6, KIND_OBJECT, 0, offsetof(struct kn_event, detail), 0, KN_SCHEMA_DETAIL, 0, INT64_C(0), INT64_C(0), 324},
    {"code", 4, KIND_ENUM, 0, offsetof(struct kn_event, code), 0, KN_ENUM_CODE, 0, INT64_C(0), INT64_C(0), 101},
    {"fault", 5, KIND_STRING, 0, offsetof(struct kn_event, fault), 0, 0, 0, INT64_C(0), INT64_C(60), 136},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_event, reason), 0, 0, 0, INT64_C(0), INT64_C(2000), 230},
    {"answer", 6, KIND_STRING, PRIVATE, offsetof(struct kn_event, answer), 0, 0, 0, INT64_C(0), INT64_C(16000), 42},
    {"evidence", 8, KIND_STRING, PRIVATE, offsetof(struct kn_event, evidence), 0, 0, 0, INT64_C(0), INT64_C(500), 132},
    {"summary", 7, KIND_STRING, PRIVATE, offsetof(struct kn_event, summary), 0, 0, 0, INT64_C(0), INT64_C(4000), 274},
    {"admitted", 8, KIND_ENUM, 0, offsetof(struct kn_event, admitted), 0, KN_ENUM_ROLE, 0, INT64_C(0), INT64_C(0), 36},
    {"key", 3, KIND_STRING, 0, offsetof(struct kn_event, key), 0, 0, 0, INT64_C(0), INT64_C(40), 154},
    {"window", 6, KIND_INTEGER, 0, offsetof(struct kn_event, window), offsetof(struct kn_event, has_window), 0, 0, INT64_C(1), INT64_C(4096), 305},
    {"content_state", 13, KIND_ENUM, 0, offsetof(struct kn_event, content_state), 0, KN_ENUM_CONTENT_STATE, 0, INT64_C(0), INT64_C(0), 110},
    {"petition", 8, KIND_OBJECT, PRIVATE, offsetof(struct kn_event, petition), 0, KN_SCHEMA_PETITION, 0, INT64_C(0), INT64_C(0), 202},
    {"limits", 6, KIND_OBJECT, 0, offsetof(struct kn_event, limits), 0, KN_SCHEMA_LIMITS, 0, INT64_C(0), INT64_C(0), 404},
};

static const struct field_row fields_event_kept[] = {
    {"subscription", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_event_kept, subscription), 0, 0, 0, INT64_C(1), INT64_C(1000000), 273},
    {"position", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_event_kept, position), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 213},
};

static const struct field_row fields_event_refuse[] = {
    {"subscription", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_event_refuse, subscription), 0, 0, 0, INT64_C(1), INT64_C(1000000), 273},
    {"position", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_event_refuse, position), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 213},
    {"code", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_event_refuse, code), 0, KN_ENUM_CODE, 0, INT64_C(0), INT64_C(0), 101},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_event_refuse, reason), 0, 0, 0, INT64_C(0), INT64_C(200), 230},
};

static const struct field_row fields_event_take[] = {
    {"subscription", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_event_take, subscription), 0, 0, 0, INT64_C(1), INT64_C(1000000), 273},
    {"position", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_event_take, position), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 213},
};

static const struct field_row fields_events[] = {
    {"subscription", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_events, subscription), 0, 0, 0, INT64_C(0), INT64_C(1000000), 273},
    {"first", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_events, first), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 139},
    {"events", 6, KIND_OBJECTS, REQUIRED, offsetof(struct kn_events, events), offsetof(struct kn_events, n_events), KN_SCHEMA_EVENT, 512, INT64_C(0), INT64_C(0), 131},
    {"again", 5, KIND_BOOLEAN, 0, offsetof(struct kn_events, again), 0, 0, 0, INT64_C(0), INT64_C(0), 389},
};

static const struct field_row fields_explanation[] = {
    {"clock", 5, KIND_ENUM, REQUIRED, offsetof(struct kn_explanation, clock), 0, KN_ENUM_CLOCK_KIND, 0, INT64_C(0), INT64_C(0), 18},
    {"part", 4, KIND_INTEGER, 0, offsetof(struct kn_explanation, part), offsetof(struct kn_explanation, has_part), 0, 0, INT64_C(1), INT64_C(10000), 345},
    {"unit", 4, KIND_STRING, 0, offsetof(struct kn_explanation, unit), 0, 0, 0, INT64_C(0), INT64_C(60), 14},
    {"started_at", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_explanation, started_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 21},
    {"due_at", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_explanation, due_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 22},
    {"tier", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_explanation, tier), 0, KN_ENUM_TIER, 0, INT64_C(0), INT64_C(0), 20},
    {"text", 4, KIND_STRING, REQUIRED, offsetof(struct kn_explanation, text), 0, 0, 0, INT64_C(0), INT64_C(1000), 278},
    {"text_en", 7, KIND_STRING, REQUIRED, offsetof(struct kn_explanation, text_en), 0, 0, 0, INT64_C(0), INT64_C(1000), 437},
};

static const struct field_row fields_file_get[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_file_get, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_file_get, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"digest", 6, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_file_get, digest), 0, 0, 0, INT64_C(64), INT64_C(64), 118},
    {"offset", 6, KIND_INTEGER, 0, offsetof(struct kn_file_get, offset), offsetof(struct kn_file_get, has_offset), 0, 0, INT64_C(0), INT64_C(1099511627776), 427},
};

static const struct field_row fields_file_part[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_file_part, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"digest", 6, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_file_part, digest), 0, 0, 0, INT64_C(64), INT64_C(64), 118},
    {"size", 4, KIND_INTEGER, REQUIRED, offsetof(struct kn_file_part, size), 0, 0, 0, INT64_C(0), INT64_C(1099511627776), 264},
    {"offset", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_file_part, offset), 0, 0, 0, INT64_C(0), INT64_C(1099511627776), 427},
    {"data", 4, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_file_part, data), 0, 0, 0, INT64_C(0), INT64_C(60000), 424},
};

static const struct field_row fields_file_put[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_file_put, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"digest", 6, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_file_put, digest), 0, 0, 0, INT64_C(64), INT64_C(64), 118},
    {"size", 4, KIND_INTEGER, REQUIRED, offsetof(struct kn_file_put, size), 0, 0, 0, INT64_C(0), INT64_C(1099511627776), 264},
    {"offset", 6, KIND_INTEGER, 0, offsetof(struct kn_file_put, offset), offsetof(struct kn_file_put, has_offset), 0, 0, INT64_C(0), INT64_C(1099511627776), 427},
    {"data", 4, KIND_STRING, PRIVATE, offsetof(struct kn_file_put, data), 0, 0, 0, INT64_C(0), INT64_C(60000), 424},
};

static const struct field_row fields_file_state[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_file_state, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"digest", 6, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_file_state, digest), 0, 0, 0, INT64_C(64), INT64_C(64), 118},
    {"received", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_file_state, received), 0, 0, 0, INT64_C(0), INT64_C(1099511627776), 231},
    {"complete", 8, KIND_BOOLEAN, REQUIRED, offsetof(struct kn_file_state, complete), 0, 0, 0, INT64_C(0), INT64_C(0), 423},
    {"media_type", 10, KIND_STRING, 0, offsetof(struct kn_file_state, media_type), 0, 0, 0, INT64_C(0), INT64_C(100), 166},
};

static const struct field_row fields_gap[] = {
    {"instance", 8, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_gap, instance), 0, 0, 0, INT64_C(16), INT64_C(16), 150},
    {"first", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_gap, first), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 139},
    {"last", 4, KIND_INTEGER, REQUIRED, offsetof(struct kn_gap, last), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 155},
    {"since", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_gap, since), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 414},
};

static const struct field_row fields_gap_settle[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_gap_settle, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"agent", 5, KIND_STRING, REQUIRED, offsetof(struct kn_gap_settle, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"instance", 8, KIND_STRING, HEX, offsetof(struct kn_gap_settle, instance), 0, 0, 0, INT64_C(16), INT64_C(16), 150},
    {"reason", 6, KIND_STRING, 0, offsetof(struct kn_gap_settle, reason), 0, 0, 0, INT64_C(0), INT64_C(200), 230},
    {"on_behalf", 9, KIND_STRING, 0, offsetof(struct kn_gap_settle, on_behalf), 0, 0, 0, INT64_C(0), INT64_C(120), 186},
};

static const struct field_row fields_hello[] = {
    {"version_min", 11, KIND_INTEGER, REQUIRED, offsetof(struct kn_hello, version_min), 0, 0, 0, INT64_C(1), INT64_C(255), 302},
    {"version_max", 11, KIND_INTEGER, REQUIRED, offsetof(struct kn_hello, version_max), 0, 0, 0, INT64_C(1), INT64_C(255), 301},
    {"instance", 8, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_hello, instance), 0, 0, 0, INT64_C(16), INT64_C(16), 150},
    {"program", 7, KIND_STRING, 0, offsetof(struct kn_hello, program), 0, 0, 0, INT64_C(0), INT64_C(60), 218},
    {"program_version", 15, KIND_STRING, 0, offsetof(struct kn_hello, program_version), 0, 0, 0, INT64_C(0), INT64_C(40), 219},
    {"first_sequence", 14, KIND_INTEGER, 0, offsetof(struct kn_hello, first_sequence), offsetof(struct kn_hello, has_first_sequence), 0, 0, INT64_C(1), INT64_C(9007199254740991), 140},
    {"last_sequence", 13, KIND_INTEGER, 0, offsetof(struct kn_hello, last_sequence), offsetof(struct kn_hello, has_last_sequence), 0, 0, INT64_C(0), INT64_C(9007199254740991), 156},
};

static const struct field_row fields_hub_compact[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_hub_compact, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
};

static const struct field_row fields_hub_drain[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_hub_drain, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
};

static const struct field_row fields_limits[] = {
    {"rate", 4, KIND_INTEGER, 0, offsetof(struct kn_limits, rate), offsetof(struct kn_limits, has_rate), 0, 0, INT64_C(1), INT64_C(100000), 409},
    {"bytes_per_day", 13, KIND_INTEGER, 0, offsetof(struct kn_limits, bytes_per_day), offsetof(struct kn_limits, has_bytes_per_day), 0, 0, INT64_C(1), INT64_C(1125899906842624), 393},
    {"sessions", 8, KIND_INTEGER, 0, offsetof(struct kn_limits, sessions), offsetof(struct kn_limits, has_sessions), 0, 0, INT64_C(1), INT64_C(10000), 412},
    {"streams", 7, KIND_STRINGS, 0, offsetof(struct kn_limits, streams), offsetof(struct kn_limits, n_streams), 0, 20, INT64_C(0), INT64_C(80), 415},
    {"verbs", 5, KIND_STRINGS, 0, offsetof(struct kn_limits, verbs), offsetof(struct kn_limits, n_verbs), 0, 40, INT64_C(0), INT64_C(60), 421},
};

static const struct field_row fields_meeting[] = {
    {"date", 4, KIND_STRING, REQUIRED, offsetof(struct kn_meeting, date), 0, 0, 0, INT64_C(10), INT64_C(10), 114},
    {"place", 5, KIND_STRING, 0, offsetof(struct kn_meeting, place), 0, 0, 0, INT64_C(0), INT64_C(200), 204},
    {"group", 5, KIND_STRING, 0, offsetof(struct kn_meeting, group), 0, 0, 0, INT64_C(0), INT64_C(100), 144},
    {"session", 7, KIND_STRING, 0, offsetof(struct kn_meeting, session), 0, 0, 0, INT64_C(0), INT64_C(100), 263},
    {"electoral_unit", 14, KIND_STRING, 0, offsetof(struct kn_meeting, electoral_unit), 0, 0, 0, INT64_C(0), INT64_C(100), 126},
};

static const struct field_row fields_metrics_get[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_metrics_get, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
};

static const struct field_row fields_metrics_view[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_metrics_view, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"text", 4, KIND_STRING, REQUIRED, offsetof(struct kn_metrics_view, text), 0, 0, 0, INT64_C(0), INT64_C(60000), 278},
};

static const struct field_row fields_numbered[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_numbered, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"batch", 5, KIND_STRING, 0, offsetof(struct kn_numbered, batch), 0, 0, 0, INT64_C(0), INT64_C(1000), 8},
    {"container", 9, KIND_STRING, 0, offsetof(struct kn_numbered, container), 0, 0, 0, INT64_C(0), INT64_C(1000), 9},
    {"item", 4, KIND_STRING, 0, offsetof(struct kn_numbered, item), 0, 0, 0, INT64_C(0), INT64_C(1000), 10},
    {"row", 3, KIND_INTEGER, 0, offsetof(struct kn_numbered, row), offsetof(struct kn_numbered, has_row), 0, 0, INT64_C(0), INT64_C(100000000), 13},
    {"case", 4, KIND_STRING, 0, offsetof(struct kn_numbered, case_), 0, 0, 0, INT64_C(0), INT64_C(1000), 1},
};

static const struct field_row fields_opinion_submit[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_opinion_submit, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_opinion_submit, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"assignment", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_opinion_submit, assignment), 0, 0, 0, INT64_C(1), INT64_C(10000), 47},
    {"text", 4, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_opinion_submit, text), 0, 0, 0, INT64_C(1), INT64_C(16000), 278},
    {"document", 8, KIND_OBJECT, 0, offsetof(struct kn_opinion_submit, document), 0, KN_SCHEMA_DOCUMENT, 0, INT64_C(0), INT64_C(0), 121},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_opinion_submit, acted_at), offsetof(struct kn_opinion_submit, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
};

static const struct field_row fields_person[] = {
    {"name", 4, KIND_STRING, PRIVATE, offsetof(struct kn_person, name), 0, 0, 0, INT64_C(0), INT64_C(200), 174},
    {"phone", 5, KIND_STRING, PRIVATE, offsetof(struct kn_person, phone), 0, 0, 0, INT64_C(0), INT64_C(40), 203},
    {"address", 7, KIND_STRING, PRIVATE, offsetof(struct kn_person, address), 0, 0, 0, INT64_C(0), INT64_C(400), 35},
};

static const struct field_row fields_petition[] = {
    {"text", 4, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_petition, text), 0, 0, 0, INT64_C(1), INT64_C(16000), 278},
    {"received_at", 11, KIND_INTEGER, 0, offsetof(struct kn_petition, received_at), offsetof(struct kn_petition, has_received_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 27},
    {"area", 4, KIND_STRING, 0, offsetof(struct kn_petition, area), 0, 0, 0, INT64_C(0), INT64_C(200), 16},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_petition, field), 0, 0, 0, INT64_C(0), INT64_C(100), 15},
    {"person", 6, KIND_OBJECT, PRIVATE, offsetof(struct kn_petition, person), 0, KN_SCHEMA_PERSON, 0, INT64_C(0), INT64_C(0), 200},
    {"outlet", 6, KIND_STRING, 0, offsetof(struct kn_petition, outlet), 0, 0, 0, INT64_C(0), INT64_C(100), 192},
    {"url", 3, KIND_STRING, 0, offsetof(struct kn_petition, url), 0, 0, 0, INT64_C(0), INT64_C(500), 294},
    {"headline", 8, KIND_STRING, PRIVATE, offsetof(struct kn_petition, headline), 0, 0, 0, INT64_C(0), INT64_C(300), 146},
    {"encoding", 8, KIND_STRING, 0, offsetof(struct kn_petition, encoding), 0, 0, 0, INT64_C(0), INT64_C(20), 128},
    {"doubt", 5, KIND_BOOLEAN, 0, offsetof(struct kn_petition, doubt), 0, 0, 0, INT64_C(0), INT64_C(0), 122},
    {"attachments", 11, KIND_OBJECTS, 0, offsetof(struct kn_petition, attachments), offsetof(struct kn_petition, n_attachments), KN_SCHEMA_ATTACHMENT, 16, INT64_C(0), INT64_C(0), 50},
};

static const struct field_row fields_petition_revise[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_petition_revise, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"batch", 5, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_petition_revise, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"container", 9, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_petition_revise, container), 0, 0, 0, INT64_C(32), INT64_C(32), 9},
    {"item", 4, KIND_STRING, REQUIRED, offsetof(struct kn_petition_revise, item), 0, 0, 0, INT64_C(1), INT64_C(64), 10},
    {"row", 3, KIND_INTEGER, 0, offsetof(struct kn_petition_revise, row), offsetof(struct kn_petition_revise, has_row), 0, 0, INT64_C(0), INT64_C(100000000), 13},
    {"sheet", 5, KIND_STRING, 0, offsetof(struct kn_petition_revise, sheet), 0, 0, 0, INT64_C(0), INT64_C(64), 438},
    {"petition", 8, KIND_OBJECT, REQUIRED | PRIVATE, offsetof(struct kn_petition_revise, petition), 0, KN_SCHEMA_PETITION, 0, INT64_C(0), INT64_C(0), 202},
};

static const struct field_row fields_petition_submit[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_petition_submit, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"batch", 5, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_petition_submit, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"container", 9, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_petition_submit, container), 0, 0, 0, INT64_C(32), INT64_C(32), 9},
    {"item", 4, KIND_STRING, REQUIRED, offsetof(struct kn_petition_submit, item), 0, 0, 0, INT64_C(1), INT64_C(64), 10},
    {"row", 3, KIND_INTEGER, 0, offsetof(struct kn_petition_submit, row), offsetof(struct kn_petition_submit, has_row), 0, 0, INT64_C(0), INT64_C(100000000), 13},
    {"sheet", 5, KIND_STRING, 0, offsetof(struct kn_petition_submit, sheet), 0, 0, 0, INT64_C(0), INT64_C(64), 438},
    {"source", 6, KIND_STRING, REQUIRED, offsetof(struct kn_petition_submit, source), 0, 0, 0, INT64_C(1), INT64_C(40), 11},
    {"channel", 7, KIND_ENUM, REQUIRED, offsetof(struct kn_petition_submit, channel), 0, KN_ENUM_CHANNEL, 0, INT64_C(0), INT64_C(0), 12},
    {"petition", 8, KIND_OBJECT, REQUIRED | PRIVATE, offsetof(struct kn_petition_submit, petition), 0, KN_SCHEMA_PETITION, 0, INT64_C(0), INT64_C(0), 202},
};

static const struct field_row fields_petition_withdraw[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_petition_withdraw, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"batch", 5, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_petition_withdraw, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"container", 9, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_petition_withdraw, container), 0, 0, 0, INT64_C(32), INT64_C(32), 9},
    {"item", 4, KIND_STRING, REQUIRED, offsetof(struct kn_petition_withdraw, item), 0, 0, 0, INT64_C(1), INT64_C(64), 10},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_petition_withdraw, reason), 0, 0, 0, INT64_C(0), INT64_C(500), 230},
};

static const struct field_row fields_ping[] = {
    {"nonce", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_ping, nonce), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 177},
};

static const struct field_row fields_place[] = {
    {"type", 4, KIND_STRING, REQUIRED, offsetof(struct kn_place, type), 0, 0, 0, INT64_C(1), INT64_C(20), 285},
    {"name", 4, KIND_STRING, REQUIRED, offsetof(struct kn_place, name), 0, 0, 0, INT64_C(1), INT64_C(120), 174},
    {"code", 4, KIND_STRING, 0, offsetof(struct kn_place, code), 0, 0, 0, INT64_C(0), INT64_C(40), 101},
};

static const struct field_row fields_pong[] = {
    {"nonce", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_pong, nonce), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 177},
    {"now", 3, KIND_INTEGER, REQUIRED, offsetof(struct kn_pong, now), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 184},
    {"last_event", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_pong, last_event), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 30},
    {"head", 4, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_pong, head), 0, 0, 0, INT64_C(64), INT64_C(64), 145},
};

static const struct field_row fields_progress_report[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_progress_report, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_progress_report, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"assignment", 10, KIND_INTEGER, 0, offsetof(struct kn_progress_report, assignment), offsetof(struct kn_progress_report, has_assignment), 0, 0, INT64_C(1), INT64_C(10000), 47},
    {"text", 4, KIND_STRING, REQUIRED | PRIVATE, offsetof(struct kn_progress_report, text), 0, 0, 0, INT64_C(1), INT64_C(2000), 278},
    {"acted_at", 8, KIND_INTEGER, 0, offsetof(struct kn_progress_report, acted_at), offsetof(struct kn_progress_report, has_acted_at), 0, 0, INT64_C(0), INT64_C(253402300799999), 439},
};

static const struct field_row fields_quarantine_get[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantine_get, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"number", 6, KIND_INTEGER, 0, offsetof(struct kn_quarantine_get, number), offsetof(struct kn_quarantine_get, has_number), 0, 0, INT64_C(0), INT64_C(9007199254740991), 29},
    {"after", 5, KIND_INTEGER, 0, offsetof(struct kn_quarantine_get, after), offsetof(struct kn_quarantine_get, has_after), 0, 0, INT64_C(0), INT64_C(9007199254740991), 38},
    {"limit", 5, KIND_INTEGER, 0, offsetof(struct kn_quarantine_get, limit), offsetof(struct kn_quarantine_get, has_limit), 0, 0, INT64_C(1), INT64_C(100), 159},
};

static const struct field_row fields_quarantine_settle[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantine_settle, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"number", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantine_settle, number), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 29},
    {"settlement", 10, KIND_ENUM, REQUIRED, offsetof(struct kn_quarantine_settle, settlement), 0, KN_ENUM_SETTLEMENT, 0, INT64_C(0), INT64_C(0), 413},
};

static const struct field_row fields_quarantine_view[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantine_view, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"items", 5, KIND_OBJECTS, REQUIRED, offsetof(struct kn_quarantine_view, items), offsetof(struct kn_quarantine_view, n_items), KN_SCHEMA_QUARANTINED, 100, INT64_C(0), INT64_C(0), 402},
    {"more_after", 10, KIND_INTEGER, 0, offsetof(struct kn_quarantine_view, more_after), offsetof(struct kn_quarantine_view, has_more_after), 0, 0, INT64_C(0), INT64_C(9007199254740991), 172},
};

static const struct field_row fields_quarantined[] = {
    {"number", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantined, number), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 29},
    {"stream", 6, KIND_STRING, REQUIRED, offsetof(struct kn_quarantined, stream), 0, 0, 0, INT64_C(1), INT64_C(80), 271},
    {"consumer", 8, KIND_STRING, REQUIRED, offsetof(struct kn_quarantined, consumer), 0, 0, 0, INT64_C(1), INT64_C(60), 107},
    {"agent", 5, KIND_STRING, REQUIRED, offsetof(struct kn_quarantined, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"position", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantined, position), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 213},
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantined, sequence), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 5},
    {"code", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_quarantined, code), 0, KN_ENUM_CODE, 0, INT64_C(0), INT64_C(0), 101},
    {"reason", 6, KIND_STRING, PRIVATE, offsetof(struct kn_quarantined, reason), 0, 0, 0, INT64_C(0), INT64_C(200), 230},
    {"tries", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantined, tries), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 416},
    {"first_at", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantined, first_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 398},
    {"last_at", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_quarantined, last_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 403},
    {"again", 5, KIND_BOOLEAN, 0, offsetof(struct kn_quarantined, again), 0, 0, 0, INT64_C(0), INT64_C(0), 389},
};

static const struct field_row fields_reading_propose[] = {
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_reading_propose, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_reading_propose, field), 0, 0, 0, INT64_C(0), INT64_C(40), 15},
    {"field_score", 11, KIND_INTEGER, 0, offsetof(struct kn_reading_propose, field_score), offsetof(struct kn_reading_propose, has_field_score), 0, 0, INT64_C(0), INT64_C(1000), 137},
    {"second_field", 12, KIND_STRING, 0, offsetof(struct kn_reading_propose, second_field), 0, 0, 0, INT64_C(0), INT64_C(40), 260},
    {"area", 4, KIND_STRING, 0, offsetof(struct kn_reading_propose, area), 0, 0, 0, INT64_C(0), INT64_C(40), 16},
    {"places", 6, KIND_OBJECTS, 0, offsetof(struct kn_reading_propose, places), offsetof(struct kn_reading_propose, n_places), KN_SCHEMA_PLACE, 32, INT64_C(0), INT64_C(0), 205},
    {"candidates", 10, KIND_OBJECTS, 0, offsetof(struct kn_reading_propose, candidates), offsetof(struct kn_reading_propose, n_candidates), KN_SCHEMA_CANDIDATE, 8, INT64_C(0), INT64_C(0), 64},
    {"reading", 7, KIND_STRING, 0, offsetof(struct kn_reading_propose, reading), 0, 0, 0, INT64_C(0), INT64_C(40), 229},
    {"flags", 5, KIND_STRINGS, 0, offsetof(struct kn_reading_propose, flags), offsetof(struct kn_reading_propose, n_flags), 0, 8, INT64_C(0), INT64_C(40), 141},
    {"says_again", 10, KIND_BOOLEAN, 0, offsetof(struct kn_reading_propose, says_again), 0, 0, 0, INT64_C(0), INT64_C(0), 385},
    {"registers", 9, KIND_STRING, HEX, offsetof(struct kn_reading_propose, registers), 0, 0, 0, INT64_C(16), INT64_C(16), 17},
};

static const struct field_row fields_receipt[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_receipt, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"verdict", 7, KIND_ENUM, REQUIRED, offsetof(struct kn_receipt, verdict), 0, KN_ENUM_VERDICT, 0, INT64_C(0), INT64_C(0), 296},
    {"case", 4, KIND_STRING, 0, offsetof(struct kn_receipt, case_), 0, 0, 0, INT64_C(0), INT64_C(24), 1},
    {"event", 5, KIND_INTEGER, 0, offsetof(struct kn_receipt, event), offsetof(struct kn_receipt, has_event), 0, 0, INT64_C(0), INT64_C(9007199254740991), 130},
    {"code", 4, KIND_ENUM, 0, offsetof(struct kn_receipt, code), 0, KN_ENUM_CODE, 0, INT64_C(0), INT64_C(0), 101},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_receipt, field), 0, 0, 0, INT64_C(0), INT64_C(96), 15},
    {"reason", 6, KIND_STRING, 0, offsetof(struct kn_receipt, reason), 0, 0, 0, INT64_C(0), INT64_C(300), 230},
    {"retry_after_ms", 14, KIND_INTEGER, 0, offsetof(struct kn_receipt, retry_after_ms), offsetof(struct kn_receipt, has_retry_after_ms), 0, 0, INT64_C(0), INT64_C(86400000), 246},
    {"expected", 8, KIND_INTEGER, 0, offsetof(struct kn_receipt, expected), offsetof(struct kn_receipt, has_expected), 0, 0, INT64_C(0), INT64_C(9007199254740991), 133},
};

static const struct field_row fields_register_load[] = {
    {"registers", 9, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_register_load, registers), 0, 0, 0, INT64_C(16), INT64_C(16), 17},
};

static const struct field_row fields_relation[] = {
    {"case", 4, KIND_STRING, REQUIRED, offsetof(struct kn_relation, case_), 0, 0, 0, INT64_C(8), INT64_C(24), 1},
    {"link", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_relation, link), 0, KN_ENUM_LINK_KIND, 0, INT64_C(0), INT64_C(0), 160},
    {"why", 3, KIND_STRING, 0, offsetof(struct kn_relation, why), 0, 0, 0, INT64_C(0), INT64_C(300), 304},
};

static const struct field_row fields_row[] = {
    {"item", 4, KIND_STRING, REQUIRED, offsetof(struct kn_row, item), 0, 0, 0, INT64_C(1), INT64_C(64), 10},
    {"row", 3, KIND_INTEGER, 0, offsetof(struct kn_row, row), offsetof(struct kn_row, has_row), 0, 0, INT64_C(0), INT64_C(100000000), 13},
    {"case", 4, KIND_STRING, 0, offsetof(struct kn_row, case_), 0, 0, 0, INT64_C(0), INT64_C(24), 1},
    {"code", 4, KIND_ENUM, 0, offsetof(struct kn_row, code), 0, KN_ENUM_CODE, 0, INT64_C(0), INT64_C(0), 101},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_row, field), 0, 0, 0, INT64_C(0), INT64_C(60), 15},
    {"linked_to", 9, KIND_STRING, 0, offsetof(struct kn_row, linked_to), 0, 0, 0, INT64_C(0), INT64_C(24), 163},
};

static const struct field_row fields_row_refuse[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_row_refuse, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
    {"batch", 5, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_row_refuse, batch), 0, 0, 0, INT64_C(32), INT64_C(32), 8},
    {"container", 9, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_row_refuse, container), 0, 0, 0, INT64_C(32), INT64_C(32), 9},
    {"item", 4, KIND_STRING, REQUIRED, offsetof(struct kn_row_refuse, item), 0, 0, 0, INT64_C(1), INT64_C(64), 10},
    {"row", 3, KIND_INTEGER, 0, offsetof(struct kn_row_refuse, row), offsetof(struct kn_row_refuse, has_row), 0, 0, INT64_C(0), INT64_C(100000000), 13},
    {"sheet", 5, KIND_STRING, 0, offsetof(struct kn_row_refuse, sheet), 0, 0, 0, INT64_C(0), INT64_C(64), 438},
    {"code", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_row_refuse, code), 0, KN_ENUM_CODE, 0, INT64_C(0), INT64_C(0), 101},
    {"field", 5, KIND_STRING, 0, offsetof(struct kn_row_refuse, field), 0, 0, 0, INT64_C(0), INT64_C(60), 15},
};

static const struct field_row fields_selection[] = {
    {"docket", 6, KIND_STRING, REQUIRED, offsetof(struct kn_selection, docket), 0, 0, 0, INT64_C(1), INT64_C(40), 327},
    {"oversight", 9, KIND_ENUM, REQUIRED, offsetof(struct kn_selection, oversight), 0, KN_ENUM_OVERSIGHT, 0, INT64_C(0), INT64_C(0), 194},
    {"at", 2, KIND_INTEGER, REQUIRED, offsetof(struct kn_selection, at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 4},
    {"by", 2, KIND_STRING, 0, offsetof(struct kn_selection, by), 0, 0, 0, INT64_C(0), INT64_C(60), 62},
};

static const struct field_row fields_sequence[] = {
    {"sequence", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_sequence, sequence), 0, 0, 0, INT64_C(1), INT64_C(9007199254740991), 5},
};

static const struct field_row fields_status_get[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_status_get, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
};

static const struct field_row fields_status_view[] = {
    {"request", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_status_view, request), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 240},
    {"version", 7, KIND_STRING, REQUIRED, offsetof(struct kn_status_view, version), 0, 0, 0, INT64_C(1), INT64_C(40), 300},
    {"now", 3, KIND_INTEGER, REQUIRED, offsetof(struct kn_status_view, now), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 184},
    {"started_at", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_status_view, started_at), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 21},
    {"test_clock", 10, KIND_BOOLEAN, 0, offsetof(struct kn_status_view, test_clock), 0, 0, 0, INT64_C(0), INT64_C(0), 277},
    {"draining", 8, KIND_BOOLEAN, 0, offsetof(struct kn_status_view, draining), 0, 0, 0, INT64_C(0), INT64_C(0), 123},
    {"read_only", 9, KIND_BOOLEAN, 0, offsetof(struct kn_status_view, read_only), 0, 0, 0, INT64_C(0), INT64_C(0), 228},
    {"last_event", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_status_view, last_event), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 30},
    {"head", 4, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_status_view, head), 0, 0, 0, INT64_C(64), INT64_C(64), 145},
    {"registers", 9, KIND_STRING, HEX, offsetof(struct kn_status_view, registers), 0, 0, 0, INT64_C(16), INT64_C(16), 17},
    {"counts", 6, KIND_OBJECTS, REQUIRED, offsetof(struct kn_status_view, counts), offsetof(struct kn_status_view, n_counts), KN_SCHEMA_COUNT, 200, INT64_C(0), INT64_C(0), 111},
    {"consumers", 9, KIND_OBJECTS, REQUIRED, offsetof(struct kn_status_view, consumers), offsetof(struct kn_status_view, n_consumers), KN_SCHEMA_CONSUMER, 200, INT64_C(0), INT64_C(0), 108},
    {"alarms", 6, KIND_STRINGS, 0, offsetof(struct kn_status_view, alarms), offsetof(struct kn_status_view, n_alarms), 0, 20, INT64_C(0), INT64_C(40), 391},
};

static const struct field_row fields_stream_closed[] = {
    {"subscription", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_closed, subscription), 0, 0, 0, INT64_C(1), INT64_C(1000000), 273},
    {"code", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_stream_closed, code), 0, KN_ENUM_CODE, 0, INT64_C(0), INT64_C(0), 101},
};

static const struct field_row fields_stream_credit[] = {
    {"subscription", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_credit, subscription), 0, 0, 0, INT64_C(1), INT64_C(1000000), 273},
    {"events", 6, KIND_INTEGER, 0, offsetof(struct kn_stream_credit, events), offsetof(struct kn_stream_credit, has_events), 0, 0, INT64_C(0), INT64_C(1000000), 131},
    {"bytes", 5, KIND_INTEGER, 0, offsetof(struct kn_stream_credit, bytes), offsetof(struct kn_stream_credit, has_bytes), 0, 0, INT64_C(0), INT64_C(1073741824), 63},
};

static const struct field_row fields_stream_open[] = {
    {"subscription", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_open, subscription), 0, 0, 0, INT64_C(1), INT64_C(1000000), 273},
    {"stream", 6, KIND_STRING, REQUIRED, offsetof(struct kn_stream_open, stream), 0, 0, 0, INT64_C(1), INT64_C(80), 271},
    {"consumer", 8, KIND_STRING, REQUIRED, offsetof(struct kn_stream_open, consumer), 0, 0, 0, INT64_C(1), INT64_C(60), 107},
    {"after", 5, KIND_INTEGER, 0, offsetof(struct kn_stream_open, after), offsetof(struct kn_stream_open, has_after), 0, 0, INT64_C(0), INT64_C(9007199254740991), 38},
    {"credit_events", 13, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_open, credit_events), 0, 0, 0, INT64_C(1), INT64_C(1000000), 113},
    {"credit_bytes", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_open, credit_bytes), 0, 0, 0, INT64_C(1), INT64_C(1073741824), 112},
    {"since", 5, KIND_INTEGER, 0, offsetof(struct kn_stream_open, since), offsetof(struct kn_stream_open, has_since), 0, 0, INT64_C(0), INT64_C(253402300799999), 414},
};

static const struct field_row fields_stream_opened[] = {
    {"subscription", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_opened, subscription), 0, 0, 0, INT64_C(1), INT64_C(1000000), 273},
    {"stream", 6, KIND_STRING, REQUIRED, offsetof(struct kn_stream_opened, stream), 0, 0, 0, INT64_C(1), INT64_C(80), 271},
    {"after", 5, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_opened, after), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 38},
    {"last", 4, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_opened, last), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 155},
};

static const struct field_row fields_stream_save[] = {
    {"subscription", 12, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_save, subscription), 0, 0, 0, INT64_C(1), INT64_C(1000000), 273},
    {"position", 8, KIND_INTEGER, REQUIRED, offsetof(struct kn_stream_save, position), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 213},
};

static const struct field_row fields_welcome[] = {
    {"version", 7, KIND_INTEGER, REQUIRED, offsetof(struct kn_welcome, version), 0, 0, 0, INT64_C(1), INT64_C(255), 300},
    {"agent", 5, KIND_STRING, REQUIRED, offsetof(struct kn_welcome, agent), 0, 0, 0, INT64_C(1), INT64_C(60), 7},
    {"role", 4, KIND_ENUM, REQUIRED, offsetof(struct kn_welcome, role), 0, KN_ENUM_ROLE, 0, INT64_C(0), INT64_C(0), 252},
    {"unit", 4, KIND_STRING, 0, offsetof(struct kn_welcome, unit), 0, 0, 0, INT64_C(0), INT64_C(60), 14},
    {"window", 6, KIND_INTEGER, REQUIRED, offsetof(struct kn_welcome, window), 0, 0, 0, INT64_C(1), INT64_C(4096), 305},
    {"max_frame", 9, KIND_INTEGER, REQUIRED, offsetof(struct kn_welcome, max_frame), 0, 0, 0, INT64_C(1), INT64_C(1048576), 165},
    {"last_sequence", 13, KIND_INTEGER, REQUIRED, offsetof(struct kn_welcome, last_sequence), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 156},
    {"now", 3, KIND_INTEGER, REQUIRED, offsetof(struct kn_welcome, now), 0, 0, 0, INT64_C(0), INT64_C(253402300799999), 184},
    {"test_clock", 10, KIND_BOOLEAN, 0, offsetof(struct kn_welcome, test_clock), 0, 0, 0, INT64_C(0), INT64_C(0), 277},
    {"last_event", 10, KIND_INTEGER, REQUIRED, offsetof(struct kn_welcome, last_event), 0, 0, 0, INT64_C(0), INT64_C(9007199254740991), 30},
    {"head", 4, KIND_STRING, REQUIRED | HEX, offsetof(struct kn_welcome, head), 0, 0, 0, INT64_C(64), INT64_C(64), 145},
};

const struct schema_row codec_schemas[] = {
    {"", NULL, 0, 0, 0},
    {"acl.test", fields_acl_test, 4, sizeof(struct kn_acl_test), UINT64_C(0x3)},
    {"acl.view", fields_acl_view, 4, sizeof(struct kn_acl_view), UINT64_C(0x3)},
    {"agent.admit", fields_agent_admit, 2, sizeof(struct kn_agent_admit), UINT64_C(0x3)},
    {"agent.gap", fields_agent_gap, 6, sizeof(struct kn_agent_gap), UINT64_C(0x1f)},
    {"agent.get", fields_agent_get, 3, sizeof(struct kn_agent_get), UINT64_C(0x1)},
    {"agent", fields_agent, 9, sizeof(struct kn_agent), UINT64_C(0xb)},
    {"agent.revoke", fields_agent_revoke, 3, sizeof(struct kn_agent_revoke), UINT64_C(0x3)},
    {"agent.view", fields_agent_view, 3, sizeof(struct kn_agent_view), UINT64_C(0x3)},
    {"answer", fields_answer, 11, sizeof(struct kn_answer), UINT64_C(0x17)},
    {"answer.review", fields_answer_review, 5, sizeof(struct kn_answer_review), UINT64_C(0x3)},
    {"answer.submit", fields_answer_submit, 11, sizeof(struct kn_answer_submit), UINT64_C(0x27)},
    {"assignment.accept", fields_assignment_accept, 4, sizeof(struct kn_assignment_accept), UINT64_C(0x7)},
    {"assignment", fields_assignment, 9, sizeof(struct kn_assignment), UINT64_C(0xf)},
    {"assignment.return", fields_assignment_return, 6, sizeof(struct kn_assignment_return), UINT64_C(0x17)},
    {"attachment", fields_attachment, 4, sizeof(struct kn_attachment), UINT64_C(0x7)},
    {"batch.declare", fields_batch_declare, 11, sizeof(struct kn_batch_declare), UINT64_C(0x3f)},
    {"batch.get", fields_batch_get, 4, sizeof(struct kn_batch_get), UINT64_C(0x1)},
    {"batch", fields_batch, 22, sizeof(struct kn_batch), UINT64_C(0x5fe1f)},
    {"batch.view", fields_batch_view, 5, sizeof(struct kn_batch_view), UINT64_C(0x3)},
    {"bye", fields_bye, 1, sizeof(struct kn_bye), UINT64_C(0x0)},
    {"candidate.decide", fields_candidate_decide, 6, sizeof(struct kn_candidate_decide), UINT64_C(0xf)},
    {"candidate.find", fields_candidate_find, 5, sizeof(struct kn_candidate_find), UINT64_C(0x1)},
    {"candidate", fields_candidate, 9, sizeof(struct kn_candidate), UINT64_C(0x7)},
    {"candidate.list", fields_candidate_list, 3, sizeof(struct kn_candidate_list), UINT64_C(0x3)},
    {"candidate_pair", fields_candidate_pair, 12, sizeof(struct kn_candidate_pair), UINT64_C(0x207)},
    {"candidate_side", fields_candidate_side, 11, sizeof(struct kn_candidate_side), UINT64_C(0x7)},
    {"candidate_view", fields_candidate_view, 3, sizeof(struct kn_candidate_view), UINT64_C(0x7)},
    {"case.assign", fields_case_assign, 8, sizeof(struct kn_case_assign), UINT64_C(0x7)},
    {"case.direct", fields_case_direct, 7, sizeof(struct kn_case_direct), UINT64_C(0x27)},
    {"case.divert", fields_case_divert, 7, sizeof(struct kn_case_divert), UINT64_C(0xf)},
    {"case.erase", fields_case_erase, 4, sizeof(struct kn_case_erase), UINT64_C(0x3)},
    {"case.find", fields_case_find, 19, sizeof(struct kn_case_find), UINT64_C(0x1)},
    {"case.get", fields_case_get, 3, sizeof(struct kn_case_get), UINT64_C(0x3)},
    {"case", fields_case, 41, sizeof(struct kn_case), UINT64_C(0xc0338f7)},
    {"case.link", fields_case_link, 6, sizeof(struct kn_case_link), UINT64_C(0xf)},
    {"case.list", fields_case_list, 3, sizeof(struct kn_case_list), UINT64_C(0x3)},
    {"case.pause", fields_case_pause, 7, sizeof(struct kn_case_pause), UINT64_C(0xf)},
    {"case.publish", fields_case_publish, 6, sizeof(struct kn_case_publish), UINT64_C(0x7)},
    {"case.reject", fields_case_reject, 5, sizeof(struct kn_case_reject), UINT64_C(0x7)},
    {"case.remind", fields_case_remind, 5, sizeof(struct kn_case_remind), UINT64_C(0x3)},
    {"case.reopen", fields_case_reopen, 4, sizeof(struct kn_case_reopen), UINT64_C(0x7)},
    {"case.resume", fields_case_resume, 4, sizeof(struct kn_case_resume), UINT64_C(0x3)},
    {"case.satisfaction", fields_case_satisfaction, 6, sizeof(struct kn_case_satisfaction), UINT64_C(0x7)},
    {"case.select", fields_case_select, 6, sizeof(struct kn_case_select), UINT64_C(0xf)},
    {"case.split", fields_case_split, 7, sizeof(struct kn_case_split), UINT64_C(0x7)},
    {"case.unlink", fields_case_unlink, 5, sizeof(struct kn_case_unlink), UINT64_C(0x3)},
    {"case.verify", fields_case_verify, 8, sizeof(struct kn_case_verify), UINT64_C(0x7)},
    {"case.view", fields_case_view, 8, sizeof(struct kn_case_view), UINT64_C(0x3)},
    {"checklist", fields_checklist, 4, sizeof(struct kn_checklist), UINT64_C(0x0)},
    {"clock", fields_clock, 11, sizeof(struct kn_clock), UINT64_C(0xf)},
    {"clock.move", fields_clock_move, 2, sizeof(struct kn_clock_move), UINT64_C(0x3)},
    {"clock.review", fields_clock_review, 2, sizeof(struct kn_clock_review), UINT64_C(0x1)},
    {"clock.tick", fields_clock_tick, 2, sizeof(struct kn_clock_tick), UINT64_C(0x1)},
    {"commitment", fields_commitment, 7, sizeof(struct kn_commitment), UINT64_C(0xd)},
    {"commitment.keep", fields_commitment_keep, 5, sizeof(struct kn_commitment_keep), UINT64_C(0xf)},
    {"commitment.make", fields_commitment_make, 6, sizeof(struct kn_commitment_make), UINT64_C(0x17)},
    {"consumer", fields_consumer, 8, sizeof(struct kn_consumer), UINT64_C(0x1b)},
    {"content", fields_content, 6, sizeof(struct kn_content), UINT64_C(0x0)},
    {"count", fields_count, 2, sizeof(struct kn_count), UINT64_C(0x3)},
    {"denial.get", fields_denial_get, 3, sizeof(struct kn_denial_get), UINT64_C(0x1)},
    {"denial", fields_denial, 7, sizeof(struct kn_denial), UINT64_C(0x57)},
    {"denial.view", fields_denial_view, 3, sizeof(struct kn_denial_view), UINT64_C(0x3)},
    {"deny", fields_deny, 5, sizeof(struct kn_deny), UINT64_C(0x1)},
    {"detail", fields_detail, 25, sizeof(struct kn_detail), UINT64_C(0x0)},
    {"document", fields_document, 4, sizeof(struct kn_document), UINT64_C(0x7)},
    {"document.replace", fields_document_replace, 4, sizeof(struct kn_document_replace), UINT64_C(0x7)},
    {"document.withdraw", fields_document_withdraw, 3, sizeof(struct kn_document_withdraw), UINT64_C(0x3)},
    {"erasure.get", fields_erasure_get, 4, sizeof(struct kn_erasure_get), UINT64_C(0x1)},
    {"erasure", fields_erasure, 4, sizeof(struct kn_erasure), UINT64_C(0xf)},
    {"erasure.view", fields_erasure_view, 3, sizeof(struct kn_erasure_view), UINT64_C(0x3)},
    {"event", fields_event, 64, sizeof(struct kn_event), UINT64_C(0x7)},
    {"event.kept", fields_event_kept, 2, sizeof(struct kn_event_kept), UINT64_C(0x3)},
    {"event.refuse", fields_event_refuse, 4, sizeof(struct kn_event_refuse), UINT64_C(0x7)},
    {"event.take", fields_event_take, 2, sizeof(struct kn_event_take), UINT64_C(0x3)},
    {"events", fields_events, 4, sizeof(struct kn_events), UINT64_C(0x7)},
    {"explanation", fields_explanation, 8, sizeof(struct kn_explanation), UINT64_C(0xf9)},
    {"file.get", fields_file_get, 4, sizeof(struct kn_file_get), UINT64_C(0x7)},
    {"file.part", fields_file_part, 5, sizeof(struct kn_file_part), UINT64_C(0x1f)},
    {"file.put", fields_file_put, 5, sizeof(struct kn_file_put), UINT64_C(0x7)},
    {"file.state", fields_file_state, 5, sizeof(struct kn_file_state), UINT64_C(0xf)},
    {"gap", fields_gap, 4, sizeof(struct kn_gap), UINT64_C(0xf)},
    {"gap.settle", fields_gap_settle, 5, sizeof(struct kn_gap_settle), UINT64_C(0x3)},
    {"hello", fields_hello, 7, sizeof(struct kn_hello), UINT64_C(0x7)},
    {"hub.compact", fields_hub_compact, 1, sizeof(struct kn_hub_compact), UINT64_C(0x1)},
    {"hub.drain", fields_hub_drain, 1, sizeof(struct kn_hub_drain), UINT64_C(0x1)},
    {"limits", fields_limits, 5, sizeof(struct kn_limits), UINT64_C(0x0)},
    {"meeting", fields_meeting, 5, sizeof(struct kn_meeting), UINT64_C(0x1)},
    {"metrics.get", fields_metrics_get, 1, sizeof(struct kn_metrics_get), UINT64_C(0x1)},
    {"metrics.view", fields_metrics_view, 2, sizeof(struct kn_metrics_view), UINT64_C(0x3)},
    {"numbered", fields_numbered, 6, sizeof(struct kn_numbered), UINT64_C(0x1)},
    {"opinion.submit", fields_opinion_submit, 6, sizeof(struct kn_opinion_submit), UINT64_C(0xf)},
    {"person", fields_person, 3, sizeof(struct kn_person), UINT64_C(0x0)},
    {"petition", fields_petition, 11, sizeof(struct kn_petition), UINT64_C(0x1)},
    {"petition.revise", fields_petition_revise, 7, sizeof(struct kn_petition_revise), UINT64_C(0x4f)},
    {"petition.submit", fields_petition_submit, 9, sizeof(struct kn_petition_submit), UINT64_C(0x1cf)},
    {"petition.withdraw", fields_petition_withdraw, 5, sizeof(struct kn_petition_withdraw), UINT64_C(0xf)},
    {"ping", fields_ping, 1, sizeof(struct kn_ping), UINT64_C(0x1)},
    {"place", fields_place, 3, sizeof(struct kn_place), UINT64_C(0x3)},
    {"pong", fields_pong, 4, sizeof(struct kn_pong), UINT64_C(0xf)},
    {"progress.report", fields_progress_report, 5, sizeof(struct kn_progress_report), UINT64_C(0xb)},
    {"quarantine.get", fields_quarantine_get, 4, sizeof(struct kn_quarantine_get), UINT64_C(0x1)},
    {"quarantine.settle", fields_quarantine_settle, 3, sizeof(struct kn_quarantine_settle), UINT64_C(0x7)},
    {"quarantine.view", fields_quarantine_view, 3, sizeof(struct kn_quarantine_view), UINT64_C(0x3)},
    {"quarantined", fields_quarantined, 12, sizeof(struct kn_quarantined), UINT64_C(0x77f)},
    {"reading.propose", fields_reading_propose, 11, sizeof(struct kn_reading_propose), UINT64_C(0x1)},
    {"receipt", fields_receipt, 9, sizeof(struct kn_receipt), UINT64_C(0x3)},
    {"register.load", fields_register_load, 1, sizeof(struct kn_register_load), UINT64_C(0x1)},
    {"relation", fields_relation, 3, sizeof(struct kn_relation), UINT64_C(0x3)},
    {"row", fields_row, 6, sizeof(struct kn_row), UINT64_C(0x1)},
    {"row.refuse", fields_row_refuse, 8, sizeof(struct kn_row_refuse), UINT64_C(0x4f)},
    {"selection", fields_selection, 4, sizeof(struct kn_selection), UINT64_C(0x7)},
    {"sequence", fields_sequence, 1, sizeof(struct kn_sequence), UINT64_C(0x1)},
    {"status.get", fields_status_get, 1, sizeof(struct kn_status_get), UINT64_C(0x1)},
    {"status.view", fields_status_view, 13, sizeof(struct kn_status_view), UINT64_C(0xd8f)},
    {"stream.closed", fields_stream_closed, 2, sizeof(struct kn_stream_closed), UINT64_C(0x3)},
    {"stream.credit", fields_stream_credit, 3, sizeof(struct kn_stream_credit), UINT64_C(0x1)},
    {"stream.open", fields_stream_open, 7, sizeof(struct kn_stream_open), UINT64_C(0x37)},
    {"stream.opened", fields_stream_opened, 4, sizeof(struct kn_stream_opened), UINT64_C(0xf)},
    {"stream.save", fields_stream_save, 2, sizeof(struct kn_stream_save), UINT64_C(0x3)},
    {"welcome", fields_welcome, 11, sizeof(struct kn_welcome), UINT64_C(0x6f7)},
};
const size_t codec_n_schemas = sizeof codec_schemas / sizeof *codec_schemas;

const struct type_row codec_types[256] = {
    [KN_TYPE_HELLO] = {"hello", KN_SCHEMA_HELLO, "client"},
    [KN_TYPE_WELCOME] = {"welcome", KN_SCHEMA_WELCOME, "hub"},
    [KN_TYPE_DENY] = {"deny", KN_SCHEMA_DENY, "hub"},
    [KN_TYPE_PING] = {"ping", KN_SCHEMA_PING, "client"},
    [KN_TYPE_PONG] = {"pong", KN_SCHEMA_PONG, "hub"},
    [KN_TYPE_BYE] = {"bye", KN_SCHEMA_BYE, "client hub"},
    [KN_TYPE_BATCH_DECLARE] = {"batch.declare", KN_SCHEMA_BATCH_DECLARE, "client"},
    [KN_TYPE_ROW_REFUSE] = {"row.refuse", KN_SCHEMA_ROW_REFUSE, "client"},
    [KN_TYPE_PETITION_SUBMIT] = {"petition.submit", KN_SCHEMA_PETITION_SUBMIT, "client"},
    [KN_TYPE_PETITION_REVISE] = {"petition.revise", KN_SCHEMA_PETITION_REVISE, "client"},
    [KN_TYPE_DOCUMENT_REPLACE] = {"document.replace", KN_SCHEMA_DOCUMENT_REPLACE, "client"},
    [KN_TYPE_DOCUMENT_WITHDRAW] = {"document.withdraw", KN_SCHEMA_DOCUMENT_WITHDRAW, "client"},
    [KN_TYPE_PETITION_WITHDRAW] = {"petition.withdraw", KN_SCHEMA_PETITION_WITHDRAW, "client"},
    [KN_TYPE_ASSIGNMENT_ACCEPT] = {"assignment.accept", KN_SCHEMA_ASSIGNMENT_ACCEPT, "client"},
    [KN_TYPE_ASSIGNMENT_RETURN] = {"assignment.return", KN_SCHEMA_ASSIGNMENT_RETURN, "client"},
    [KN_TYPE_ANSWER_SUBMIT] = {"answer.submit", KN_SCHEMA_ANSWER_SUBMIT, "client"},
    [KN_TYPE_CASE_ASSIGN] = {"case.assign", KN_SCHEMA_CASE_ASSIGN, "client"},
    [KN_TYPE_ANSWER_REVIEW] = {"answer.review", KN_SCHEMA_ANSWER_REVIEW, "client"},
    [KN_TYPE_CASE_VERIFY] = {"case.verify", KN_SCHEMA_CASE_VERIFY, "client"},
    [KN_TYPE_CASE_PUBLISH] = {"case.publish", KN_SCHEMA_CASE_PUBLISH, "client"},
    [KN_TYPE_CASE_LINK] = {"case.link", KN_SCHEMA_CASE_LINK, "client"},
    [KN_TYPE_CASE_UNLINK] = {"case.unlink", KN_SCHEMA_CASE_UNLINK, "client"},
    [KN_TYPE_RECEIPT] = {"receipt", KN_SCHEMA_RECEIPT, "hub"},
    [KN_TYPE_STREAM_OPEN] = {"stream.open", KN_SCHEMA_STREAM_OPEN, "client"},
    [KN_TYPE_STREAM_OPENED] = {"stream.opened", KN_SCHEMA_STREAM_OPENED, "hub"},
    [KN_TYPE_STREAM_CREDIT] = {"stream.credit", KN_SCHEMA_STREAM_CREDIT, "client"},
    [KN_TYPE_STREAM_SAVE] = {"stream.save", KN_SCHEMA_STREAM_SAVE, "client"},
    [KN_TYPE_EVENTS] = {"events", KN_SCHEMA_EVENTS, "hub"},
    [KN_TYPE_STREAM_CLOSED] = {"stream.closed", KN_SCHEMA_STREAM_CLOSED, "hub"},
    [KN_TYPE_EVENT_REFUSE] = {"event.refuse", KN_SCHEMA_EVENT_REFUSE, "client"},
    [KN_TYPE_EVENT_TAKE] = {"event.take", KN_SCHEMA_EVENT_TAKE, "client"},
    [KN_TYPE_EVENT_KEPT] = {"event.kept", KN_SCHEMA_EVENT_KEPT, "hub"},
    [KN_TYPE_CASE_GET] = {"case.get", KN_SCHEMA_CASE_GET, "client"},
    [KN_TYPE_CASE_VIEW] = {"case.view", KN_SCHEMA_CASE_VIEW, "hub"},
    [KN_TYPE_CASE_FIND] = {"case.find", KN_SCHEMA_CASE_FIND, "client"},
    [KN_TYPE_CASE_LIST] = {"case.list", KN_SCHEMA_CASE_LIST, "hub"},
    [KN_TYPE_BATCH_GET] = {"batch.get", KN_SCHEMA_BATCH_GET, "client"},
    [KN_TYPE_BATCH_VIEW] = {"batch.view", KN_SCHEMA_BATCH_VIEW, "hub"},
    [KN_TYPE_STATUS_GET] = {"status.get", KN_SCHEMA_STATUS_GET, "client control"},
    [KN_TYPE_STATUS_VIEW] = {"status.view", KN_SCHEMA_STATUS_VIEW, "hub"},
    [KN_TYPE_AGENT_ADMIT] = {"agent.admit", KN_SCHEMA_AGENT_ADMIT, "control client"},
    [KN_TYPE_AGENT_REVOKE] = {"agent.revoke", KN_SCHEMA_AGENT_REVOKE, "control client"},
    [KN_TYPE_CLOCK_MOVE] = {"clock.move", KN_SCHEMA_CLOCK_MOVE, "control"},
    [KN_TYPE_HUB_DRAIN] = {"hub.drain", KN_SCHEMA_HUB_DRAIN, "control"},
    [KN_TYPE_HUB_COMPACT] = {"hub.compact", KN_SCHEMA_HUB_COMPACT, "control"},
    [KN_TYPE_READING_PROPOSE] = {"reading.propose", KN_SCHEMA_READING_PROPOSE, "journal"},
    [KN_TYPE_CLOCK_TICK] = {"clock.tick", KN_SCHEMA_CLOCK_TICK, "journal"},
    [KN_TYPE_REGISTER_LOAD] = {"register.load", KN_SCHEMA_REGISTER_LOAD, "journal"},
    [KN_TYPE_AGENT_GAP] = {"agent.gap", KN_SCHEMA_AGENT_GAP, "journal"},
    [KN_TYPE_CLOCK_REVIEW] = {"clock.review", KN_SCHEMA_CLOCK_REVIEW, "journal"},
    [KN_TYPE_FILE_PUT] = {"file.put", KN_SCHEMA_FILE_PUT, "client"},
    [KN_TYPE_FILE_STATE] = {"file.state", KN_SCHEMA_FILE_STATE, "hub"},
    [KN_TYPE_FILE_GET] = {"file.get", KN_SCHEMA_FILE_GET, "client"},
    [KN_TYPE_FILE_PART] = {"file.part", KN_SCHEMA_FILE_PART, "hub"},
    [KN_TYPE_CASE_DIVERT] = {"case.divert", KN_SCHEMA_CASE_DIVERT, "client"},
    [KN_TYPE_CASE_REJECT] = {"case.reject", KN_SCHEMA_CASE_REJECT, "client"},
    [KN_TYPE_CASE_PAUSE] = {"case.pause", KN_SCHEMA_CASE_PAUSE, "client"},
    [KN_TYPE_CASE_RESUME] = {"case.resume", KN_SCHEMA_CASE_RESUME, "client"},
    [KN_TYPE_CASE_REOPEN] = {"case.reopen", KN_SCHEMA_CASE_REOPEN, "client"},
    [KN_TYPE_CASE_REMIND] = {"case.remind", KN_SCHEMA_CASE_REMIND, "client"},
    [KN_TYPE_CASE_SATISFACTION] = {"case.satisfaction", KN_SCHEMA_CASE_SATISFACTION, "client"},
    [KN_TYPE_CASE_SELECT] = {"case.select", KN_SCHEMA_CASE_SELECT, "client"},
    [KN_TYPE_CASE_DIRECT] = {"case.direct", KN_SCHEMA_CASE_DIRECT, "client"},
    [KN_TYPE_PROGRESS_REPORT] = {"progress.report", KN_SCHEMA_PROGRESS_REPORT, "client"},
    [KN_TYPE_COMMITMENT_MAKE] = {"commitment.make", KN_SCHEMA_COMMITMENT_MAKE, "client"},
    [KN_TYPE_COMMITMENT_KEEP] = {"commitment.keep", KN_SCHEMA_COMMITMENT_KEEP, "client"},
    [KN_TYPE_OPINION_SUBMIT] = {"opinion.submit", KN_SCHEMA_OPINION_SUBMIT, "client"},
    [KN_TYPE_CASE_ERASE] = {"case.erase", KN_SCHEMA_CASE_ERASE, "client"},
    [KN_TYPE_CANDIDATE_DECIDE] = {"candidate.decide", KN_SCHEMA_CANDIDATE_DECIDE, "client"},
    [KN_TYPE_CASE_SPLIT] = {"case.split", KN_SCHEMA_CASE_SPLIT, "client"},
    [KN_TYPE_GAP_SETTLE] = {"gap.settle", KN_SCHEMA_GAP_SETTLE, "control client"},
    [KN_TYPE_CANDIDATE_FIND] = {"candidate.find", KN_SCHEMA_CANDIDATE_FIND, "client"},
    [KN_TYPE_CANDIDATE_LIST] = {"candidate.list", KN_SCHEMA_CANDIDATE_LIST, "hub"},
    [KN_TYPE_QUARANTINE_GET] = {"quarantine.get", KN_SCHEMA_QUARANTINE_GET, "client control"},
    [KN_TYPE_QUARANTINE_VIEW] = {"quarantine.view", KN_SCHEMA_QUARANTINE_VIEW, "hub"},
    [KN_TYPE_QUARANTINE_SETTLE] = {"quarantine.settle", KN_SCHEMA_QUARANTINE_SETTLE, "client control"},
    [KN_TYPE_AGENT_GET] = {"agent.get", KN_SCHEMA_AGENT_GET, "client control"},
    [KN_TYPE_AGENT_VIEW] = {"agent.view", KN_SCHEMA_AGENT_VIEW, "hub"},
    [KN_TYPE_ACL_TEST] = {"acl.test", KN_SCHEMA_ACL_TEST, "client control"},
    [KN_TYPE_ACL_VIEW] = {"acl.view", KN_SCHEMA_ACL_VIEW, "hub"},
    [KN_TYPE_DENIAL_GET] = {"denial.get", KN_SCHEMA_DENIAL_GET, "client control"},
    [KN_TYPE_DENIAL_VIEW] = {"denial.view", KN_SCHEMA_DENIAL_VIEW, "hub"},
    [KN_TYPE_METRICS_GET] = {"metrics.get", KN_SCHEMA_METRICS_GET, "client control"},
    [KN_TYPE_METRICS_VIEW] = {"metrics.view", KN_SCHEMA_METRICS_VIEW, "hub"},
    [KN_TYPE_ERASURE_GET] = {"erasure.get", KN_SCHEMA_ERASURE_GET, "client control"},
    [KN_TYPE_ERASURE_VIEW] = {"erasure.view", KN_SCHEMA_ERASURE_VIEW, "hub"},
};
