/** types.h - the data of the contract: every enum, record and message as C.
 *
 * Made by schemas/gen.py from the files beside it; do not edit, the test schemas.fresh compares.
 *
 * Reading a structure: a string is NULL when absent, an object too; an enum is …_NONE; a boolean is
 * false; an optional integer has `has_x` beside it; an array `n_x`. A decoded structure lies in
 * one block with all that it points to. `required` must be there, `private` is personal data: it is
 * masked in print and left out of public encodings. Lengths count Unicode code points; instants
 * (`…_at`, `now`) are milliseconds since 1970-01-01T00:00:00Z. A name that is a keyword of C or C++
 * has an underscore behind it.
 */
#ifndef KIENNGHI_TYPES_H
#define KIENNGHI_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* clang-format off */

/* ---- Enums ------------------------------------------------------------------------------------ */

/** Chủ trì or phối hợp. */
enum kn_assignment_role {
    KN_ASSIGNMENT_ROLE_NONE = 0,    /**< absent */
    KN_ASSIGNMENT_ROLE_LEAD = 1,    /**< Chủ trì: accountable for the answer. */
    KN_ASSIGNMENT_ROLE_PARTNER = 2, /**< Phối hợp. */
    KN_ASSIGNMENT_ROLE_COUNT = 3,   /**< one more than the last */
};

/** Whether two cases that may be one matter were looked at, and what a person said. */
enum kn_candidate_state {
    KN_CANDIDATE_STATE_NONE = 0,      /**< absent */
    KN_CANDIDATE_STATE_OPEN = 1,      /**< Nobody has decided. */
    /** One matter: linked, or related when the earlier one had ended. */
    KN_CANDIDATE_STATE_SAME = 2,
    KN_CANDIDATE_STATE_DIFFERENT = 3, /**< Two matters: never proposed again. */
    KN_CANDIDATE_STATE_COUNT = 4,     /**< one more than the last */
};

/** The kind of source that a petition came through. */
enum kn_channel {
    KN_CHANNEL_NONE = 0,          /**< absent */
    KN_CHANNEL_CONTACT = 1,       /**< Voters' meeting (tiếp xúc cử tri). */
    KN_CHANNEL_FRONT = 2,         /**< Fatherland Front transfer (Mặt trận Tổ quốc). */
    KN_CHANNEL_PRESS = 3,         /**< Press (báo chí). */
    KN_CHANNEL_SMS = 4,           /**< Text message. */
    KN_CHANNEL_RECEPTION = 5,     /**< Citizen reception (tiếp công dân). */
    KN_CHANNEL_CENTRAL = 6,       /**< Central agency. */
    KN_CHANNEL_LETTER = 7,        /**< Letter to a Ban. */
    KN_CHANNEL_SUPERVISION = 8,   /**< Supervision or survey. */
    KN_CHANNEL_PARTY = 9,         /**< Party committee. */
    KN_CHANNEL_ORGANISATION = 10, /**< Socio-political organisation. */
    KN_CHANNEL_OTHER = 11,        /**< Another source of the register. */
    KN_CHANNEL_COUNT = 12,        /**< one more than the last */
};

/** Which clock of a case. */
enum kn_clock_kind {
    KN_CLOCK_KIND_NONE = 0,        /**< absent */
    KN_CLOCK_KIND_ANSWER = 1,      /**< The answer to the voter. */
    KN_CLOCK_KIND_ACKNOWLEDGE = 2, /**< Saving the assignment. */
    KN_CLOCK_KIND_CLASSIFY = 3,    /**< Classifying and assigning. */
    KN_CLOCK_KIND_COMMITMENT = 4,  /**< A promised date. */
    KN_CLOCK_KIND_VERIFY = 5,      /**< Verification. */
    KN_CLOCK_KIND_PUBLISH = 6,     /**< Publication. */
    KN_CLOCK_KIND_PARTNER = 7,     /**< A partner's opinion. */
    KN_CLOCK_KIND_PAUSE = 8,       /**< The end of a pause. */
    KN_CLOCK_KIND_POSTING = 9,     /**< The days that an outcome is posted (niêm yết). */
    KN_CLOCK_KIND_COUNT = 10,      /**< one more than the last */
};

/** Why something was refused, deferred or denied. A closed list. */
enum kn_code {
    KN_CODE_NONE = 0,             /**< absent */
    KN_CODE_MALFORMED = 1,        /**< The frame or the map cannot be read. */
    KN_CODE_VERSION = 2,          /**< Another major version of the protocol. */
    KN_CODE_UNKNOWN_TYPE = 3,     /**< No such message. */
    KN_CODE_UNAUTHENTICATED = 4,  /**< No authenticated identity. */
    KN_CODE_NOT_ALLOWED = 5,      /**< The role may not say or see this. */
    KN_CODE_REVOKED = 6,          /**< The key was revoked. */
    KN_CODE_QUOTA = 7,            /**< Over the limits of the agent. */
    /** The sequence is not the next one; send from the expected one. */
    KN_CODE_OUT_OF_ORDER = 8,
    KN_CODE_BUSY = 9,             /**< The hub is full or draining. */
    KN_CODE_STORAGE = 10,         /**< The disk is full or failing. */
    KN_CODE_REQUIRED = 11,        /**< A required field is missing. */
    KN_CODE_TOO_LONG = 12,        /**< A text is too long. */
    KN_CODE_TOO_LARGE = 13,       /**< A frame or file is too large. */
    KN_CODE_NOT_TEXT = 14,        /**< Bytes that are not text. */
    KN_CODE_INVALID = 15,         /**< A value is out of its bounds or form. */
    KN_CODE_UNKNOWN_VALUE = 16,   /**< A value that the register does not know. */
    KN_CODE_UNKNOWN_COLUMN = 17,  /**< A column that the form does not know. */
    KN_CODE_UNREADABLE = 18,      /**< The row or item cannot be read. */
    KN_CODE_UNKNOWN_CASE = 19,    /**< No such case. */
    KN_CODE_UNKNOWN_BATCH = 20,   /**< No such batch. */
    KN_CODE_ILLEGAL_MOVE = 21,    /**< The case is not in a state that allows this. */
    KN_CODE_WRONG_UNIT = 22,      /**< Another unit is responsible. */
    KN_CODE_SUPERSEDED = 23,      /**< Another consumer of the same name opened the stream. */
    KN_CODE_CHANGED_CONTENT = 24, /**< The key is known with other content. */
    KN_CODE_INTERNAL = 25,        /**< A fault of the hub with this message alone; quarantined. */
    KN_CODE_UNKNOWN_FILE = 26,    /**< No such file: put it first, whole. */
    KN_CODE_COUNT = 27,           /**< one more than the last */
};

/** Why a delivered event carries the content or not. */
enum kn_content_state {
    KN_CONTENT_STATE_NONE = 0,     /**< absent */
    KN_CONTENT_STATE_PRESENT = 1,  /**< The content stands beside. */
    KN_CONTENT_STATE_ERASED = 2,   /**< The personal record was erased. */
    KN_CONTENT_STATE_WITHHELD = 3, /**< The reader's role may not see it. */
    KN_CONTENT_STATE_COUNT = 4,    /**< one more than the last */
};

/** Why somebody was turned away. */
enum kn_denial_reason {
    KN_DENIAL_REASON_NONE = 0,        /**< absent */
    KN_DENIAL_REASON_UNKNOWN_KEY = 1, /**< No identity has this key. */
    KN_DENIAL_REASON_MECHANISM = 2,   /**< Not CURVE. */
    KN_DENIAL_REASON_HANDSHAKE = 3,   /**< A handshake that is none, or came to no end. */
    KN_DENIAL_REASON_HOSTILE = 4,     /**< Frames that no client sends. */
    KN_DENIAL_REASON_REVOKED = 5,     /**< The key was revoked or replaced. */
    KN_DENIAL_REASON_UNSAID = 6,      /**< Spoke before hello. */
    KN_DENIAL_REASON_VERB = 7,        /**< The role or its limits do not allow this message. */
    KN_DENIAL_REASON_STREAM = 8,      /**< The role or its limits do not allow this stream. */
    KN_DENIAL_REASON_MALFORMED = 9,   /**< Frames that cannot be read. */
    KN_DENIAL_REASON_QUOTA = 10,      /**< Over the limits of the identity. */
    KN_DENIAL_REASON_REST = 11,       /**< More than could be told apart in this minute. */
    KN_DENIAL_REASON_COUNT = 12,      /**< one more than the last */
};

/** The channel that a case leaves for: it is not a petition by law, or cannot wait. */
enum kn_diversion {
    KN_DIVERSION_NONE = 0,         /**< absent */
    KN_DIVERSION_COMPLAINT = 1,    /**< Khiếu nại: Law on Complaints 2011. */
    KN_DIVERSION_DENUNCIATION = 2, /**< Tố cáo: Law on Denunciations 2018. */
    /** Phản ánh, kiến nghị về quy định hành chính: Decree 20/2008/NĐ-CP. */
    KN_DIVERSION_FEEDBACK = 3,
    /** Danger to life or property: police, fire brigade, ambulance. */
    KN_DIVERSION_EMERGENCY = 4,
    KN_DIVERSION_CENTRAL = 5,      /**< A matter for a ministry or the National Assembly alone. */
    KN_DIVERSION_COUNT = 6,        /**< one more than the last */
};

/** What happened. Past tense; consumers must ignore kinds that they do not know. */
enum kn_event_kind {
    KN_EVENT_KIND_NONE = 0,                        /**< absent */
    /** A batch (document, meeting, feed run, SMS day) was declared, or declared anew with
     *  another count. */
    KN_EVENT_KIND_BATCH_OPENED = 1,
    /** A row could not be taken; it may be corrected under the same key. */
    KN_EVENT_KIND_BATCH_ROW_REFUSED = 2,
    KN_EVENT_KIND_BATCH_ROW_KNOWN = 3,             /**< A row that an earlier batch counts. */
    /** Declared = stored + refused: nothing is missing. */
    KN_EVENT_KIND_BATCH_CLOSED = 4,
    KN_EVENT_KIND_CASE_RECEIVED = 5,               /**< A petition was stored and numbered. */
    /** The sender stated a revision of the content. */
    KN_EVENT_KIND_CASE_REVISED = 6,
    /** The reading stage recorded what the petition says. */
    KN_EVENT_KIND_CASE_READ = 7,
    KN_EVENT_KIND_CASE_LINKED = 8,                 /**< The petition says what another says. */
    KN_EVENT_KIND_CASE_UNLINKED = 9,               /**< A link was undone. */
    /** No competent unit is known: waits to be classified. */
    KN_EVENT_KIND_CASE_UNROUTED = 10,
    KN_EVENT_KIND_CASE_ASSIGNED = 11,              /**< A unit was given the case. */
    /** The unit saved the assignment and took it on; the answer clock runs. */
    KN_EVENT_KIND_CASE_ACCEPTED = 12,
    KN_EVENT_KIND_CASE_RETURNED = 13,              /**< The unit says: not ours. */
    KN_EVENT_KIND_CASE_ANSWERED = 14,              /**< The unit answered. */
    KN_EVENT_KIND_CASE_ANSWER_REJECTED = 15,       /**< The answer was sent back. */
    /** The answer is taken; somebody has to look. */
    KN_EVENT_KIND_CASE_AWAITING_VERIFICATION = 16,
    KN_EVENT_KIND_CASE_VERIFIED = 17,              /**< A verification was recorded. */
    /** The case ended, resolved in fact or explained. */
    KN_EVENT_KIND_CASE_CLOSED = 18,
    KN_EVENT_KIND_CASE_REOPENED = 19,              /**< The case is open again. */
    KN_EVENT_KIND_CASE_PAUSED = 20,                /**< The clock stopped by decision. */
    KN_EVENT_KIND_CASE_RESUMED = 21,               /**< The clock runs again. */
    KN_EVENT_KIND_CASE_DIVERTED = 22,              /**< The case left for its own channel. */
    KN_EVENT_KIND_CASE_NOT_ACCEPTED = 23,          /**< The case was not taken up. */
    /** A due date changed: old date, new date and why. */
    KN_EVENT_KIND_CASE_REDATED = 24,
    KN_EVENT_KIND_CASE_DUE_SOON = 25,              /**< A clock comes to its end. */
    KN_EVENT_KIND_CASE_OVERDUE = 26,               /**< A clock ran out. */
    KN_EVENT_KIND_CASE_SERIOUSLY_OVERDUE = 27,     /**< A clock ran out long ago. */
    KN_EVENT_KIND_CASE_REMINDED = 28,              /**< A reminder was sent. */
    /** The voter said what he thinks of the outcome. */
    KN_EVENT_KIND_CASE_SATISFACTION = 29,
    KN_EVENT_KIND_CASE_SELECTED = 30,              /**< The case was selected for oversight. */
    KN_EVENT_KIND_CASE_DIRECTED = 31,              /**< A direction was attached. */
    KN_EVENT_KIND_CASE_PUBLISHED = 32,             /**< The case became public. */
    /** The case was taken from the public register. */
    KN_EVENT_KIND_CASE_WITHDRAWN = 33,
    /** The unit has not saved its assignment within the limit. */
    KN_EVENT_KIND_ASSIGNMENT_UNSAVED = 34,
    KN_EVENT_KIND_COMMITMENT_MADE = 35,            /**< A date was promised. */
    KN_EVENT_KIND_COMMITMENT_MISSED = 36,          /**< A promised date passed. */
    KN_EVENT_KIND_COMMITMENT_KEPT = 37,            /**< A promise was kept. */
    /** The personal record was erased; drop your copies and confirm. */
    KN_EVENT_KIND_PERSON_ERASED = 38,
    KN_EVENT_KIND_REGISTER_LOADED = 39,            /**< A version of the registers is in force. */
    /** An act on a case that was refused, with code and field. */
    KN_EVENT_KIND_ACT_REFUSED = 40,
    KN_EVENT_KIND_AGENT_ADMITTED = 41,             /**< A key was admitted with a role. */
    KN_EVENT_KIND_AGENT_REVOKED = 42,              /**< A key was revoked. */
    KN_EVENT_KIND_CASE_PROGRESS = 43,              /**< A unit told how far it is. */
    /** The plan of a class II answer is taken; it is followed to its date. */
    KN_EVENT_KIND_CASE_PLAN_ACCEPTED = 44,
    KN_EVENT_KIND_CASE_PAUSE_ASKED = 45,           /**< The unit asks for a pause. */
    /** A text for the public register waits for approval. */
    KN_EVENT_KIND_CASE_PUBLICATION_PROPOSED = 46,
    KN_EVENT_KIND_ASSIGNMENT_OPINION = 47,         /**< A partner gave its opinion. */
    /** The unit ended; its successor has the assignment. */
    KN_EVENT_KIND_ASSIGNMENT_HANDED_OVER = 48,
    /** May say what an earlier case says: a person decides. */
    KN_EVENT_KIND_CASE_CANDIDATE = 49,
    /** A person decided on a candidate pair, or took that back. */
    KN_EVENT_KIND_CASE_COMPARED = 50,
    /** Belongs to another case and goes its own way: raised again, or split from it. */
    KN_EVENT_KIND_CASE_RELATED = 51,
    /** A demand of a petition became a case of its own. */
    KN_EVENT_KIND_CASE_SPLIT = 52,
    /** Another document replaced it; what follows for each petition is told by its own events. */
    KN_EVENT_KIND_DOCUMENT_REPLACED = 53,
    KN_EVENT_KIND_DOCUMENT_WITHDRAWN = 54,         /**< Its sender took the document back. */
    /** The sender took the petition back; a person decides what follows. */
    KN_EVENT_KIND_PETITION_WITHDRAWN = 55,
    KN_EVENT_KIND_AGENT_GAP = 56,                  /**< An agent has messages that do not come. */
    KN_EVENT_KIND_AGENT_GAP_CLOSED = 57,           /**< They came, or a person settled it. */
    KN_EVENT_KIND_COUNT = 58,                      /**< one more than the last */
};

/** Axis 1 of 7: where the case stands in the procedure. Says nothing of whether the matter is
 *  resolved. */
enum kn_flow {
    KN_FLOW_NONE = 0,                  /**< absent */
    KN_FLOW_RECEIVED = 1,              /**< Stored and numbered, not yet read. */
    /** Nobody is competent by the register, or the row lacks what routing needs: waits visibly
     *  for a person. */
    KN_FLOW_TO_CLASSIFY = 2,
    /** Offered to the competent unit, which has not accepted it yet. */
    KN_FLOW_ASSIGNED = 3,
    KN_FLOW_IN_PROGRESS = 4,           /**< Accepted by the lead unit. */
    KN_FLOW_ANSWERED = 5,              /**< An answer is on record. Not the same as resolved. */
    /** The answer says that the matter is done; somebody has to look. */
    KN_FLOW_AWAITING_VERIFICATION = 6,
    /** Verified as met, or an explanation accepted by the Ban. */
    KN_FLOW_CLOSED = 7,
    /** Says what another open case says; kept with its own code, followed through its parent. */
    KN_FLOW_LINKED = 8,
    /** Left for the channel it belongs to (complaint, denunciation, emergency) with a receipt
     *  number. */
    KN_FLOW_DIVERTED = 9,
    KN_FLOW_NOT_ACCEPTED = 10,         /**< Not taken up, for a reason of the closed list. */
    /** Sent back by the unit as not within its competence; waits for a ruling. */
    KN_FLOW_RETURNED = 11,
    /** Stopped by decision on a legal ground, with a limit. */
    KN_FLOW_PAUSED = 12,
    /** Closed before, open again; keeps its original start. */
    KN_FLOW_REOPENED = 13,
    KN_FLOW_COUNT = 14,                /**< one more than the last */
};

/** How two petitions belong together. Every link says who or what made it and can be undone. */
enum kn_link_kind {
    KN_LINK_KIND_NONE = 0,       /**< absent */
    KN_LINK_KIND_DUPLICATE = 1,  /**< The same matter, the earlier case still open (trùng). */
    /** Raised again after the earlier case was closed (tái kiến nghị). */
    KN_LINK_KIND_RECURRENCE = 2,
    KN_LINK_KIND_RELATED = 3,    /**< Related (liên quan). */
    KN_LINK_KIND_SPLIT_FROM = 4, /**< Split from one text with several demands (tách từ). */
    KN_LINK_KIND_LETTER = 5,     /**< Belongs to a letter of complaint (thuộc đơn thư). */
    KN_LINK_KIND_COUNT = 6,      /**< one more than the last */
};

/** What the reading stage says of a candidate. */
enum kn_match_verdict {
    KN_MATCH_VERDICT_NONE = 0,     /**< absent */
    KN_MATCH_VERDICT_SAME = 1,     /**< Nearly certain: linked at once. */
    KN_MATCH_VERDICT_POSSIBLE = 2, /**< A person decides. */
    KN_MATCH_VERDICT_NEW = 3,      /**< Nothing like it. */
    KN_MATCH_VERDICT_COUNT = 4,    /**< one more than the last */
};

/** Axis 6 of 7: what the People's Council does about it. */
enum kn_oversight {
    KN_OVERSIGHT_ABSENT = 0,           /**< absent */
    KN_OVERSIGHT_NONE = 1,             /**< Nothing. */
    KN_OVERSIGHT_PROPOSED = 2,         /**< On the ranked shortlist. */
    KN_OVERSIGHT_SUPERVISION = 3,      /**< Giám sát. */
    KN_OVERSIGHT_QUESTIONING = 4,      /**< Chất vấn. */
    KN_OVERSIGHT_EXPLANATION = 5,      /**< Giải trình. */
    KN_OVERSIGHT_THEMATIC_MEETING = 6, /**< Tiếp xúc cử tri chuyên đề. */
    /** Serves the verification of reports and drafts (thẩm tra). */
    KN_OVERSIGHT_REVIEW = 7,
    KN_OVERSIGHT_COUNT = 8,            /**< one more than the last */
};

/** Why the answer clock stands still. A closed list; shown to the public. */
enum kn_pause_ground {
    KN_PAUSE_GROUND_NONE = 0,              /**< absent */
    KN_PAUSE_GROUND_AWAITS_DECISION = 1,   /**< Waits for a decision of a higher level. */
    KN_PAUSE_GROUND_AWAITS_ASSESSMENT = 2, /**< Waits for a survey, test or expert assessment. */
    KN_PAUSE_GROUND_AWAITS_VOTER = 3,      /**< Waits for papers or words from the voter. */
    KN_PAUSE_GROUND_IN_COURT = 4,          /**< Waits for a court. */
    KN_PAUSE_GROUND_FORCE_MAJEURE = 5,     /**< Natural disaster, epidemic or fire. */
    KN_PAUSE_GROUND_COUNT = 6,             /**< one more than the last */
};

/** Axis 7 of 7: what the public sees. */
enum kn_publication {
    KN_PUBLICATION_NONE = 0,              /**< absent */
    KN_PUBLICATION_INTERNAL = 1,          /**< Not public. */
    KN_PUBLICATION_AWAITING_APPROVAL = 2, /**< Proposed for publication. */
    KN_PUBLICATION_PUBLISHED = 3,         /**< Public. */
    KN_PUBLICATION_POSTED = 4,            /**< Posted at the reception office (niêm yết). */
    KN_PUBLICATION_WITHDRAWN = 5,         /**< Taken down, with a reason. */
    KN_PUBLICATION_COUNT = 6,             /**< one more than the last */
};

/** Why a petition is not taken up. A closed list; the voter is told. */
enum kn_reject_ground {
    KN_REJECT_GROUND_NONE = 0,           /**< absent */
    KN_REJECT_GROUND_NOT_A_PETITION = 1, /**< Asks for nothing (không có nội dung kiến nghị). */
    /** What is asked for, or where, cannot be made out, and nobody could be asked. */
    KN_REJECT_GROUND_UNCLEAR = 2,
    /** Concerns another province or no authority of the State. */
    KN_REJECT_GROUND_OUTSIDE = 3,
    KN_REJECT_GROUND_IN_COURT = 4,       /**< Before a court, or decided by one. */
    KN_REJECT_GROUND_SETTLED = 5,        /**< Answered and verified before, with nothing new. */
    KN_REJECT_GROUND_UNLAWFUL = 6,       /**< Asks for what the law forbids, or is abusive. */
    KN_REJECT_GROUND_COUNT = 7,          /**< one more than the last */
};

/** Axis 2 of 7: what the answer says was done. The three statutory classes (I resolved, II under
 *  study, III explained) and their sub-classes. */
enum kn_result {
    KN_RESULT_NONE = 0,                /**< absent */
    /** I.1 resolved: a legal or administrative document was issued or amended. */
    KN_RESULT_RESOLVED_DOCUMENT = 1,
    /** I.2 resolved: inspection or examination carried out. */
    KN_RESULT_RESOLVED_INSPECTION = 2,
    KN_RESULT_RESOLVED_WORKS = 3,      /**< I.3 resolved: the work was organised and done. */
    /** II.1 under study, with a schedule; a date is mandatory. */
    KN_RESULT_PLANNED_SCHEDULED = 4,
    KN_RESULT_PLANNED_SUBMITTED = 5,   /**< II.2 submitted to the competent level for issue. */
    KN_RESULT_PLANNED_UNSCHEDULED = 6, /**< II.3 no schedule yet. */
    KN_RESULT_PLANNED_UNFUNDED = 7,    /**< II.4 no resources yet. */
    KN_RESULT_PLANNED_LATER = 8,       /**< II.5 cannot be resolved at once. */
    KN_RESULT_PLANNED_BLOCKED = 9,     /**< II.6 blocked by documents of a higher level. */
    KN_RESULT_PLANNED_OTHER = 10,      /**< II.7 another reason. */
    KN_RESULT_EXPLAINED = 11,          /**< III explained, information given. */
    KN_RESULT_COUNT = 12,              /**< one more than the last */
};

/** What an identity may say and see. Deny by default. */
enum kn_role {
    KN_ROLE_NONE = 0,               /**< absent */
    /** Intake agent: batches, rows, petitions; its own source stream. */
    KN_ROLE_INTAKE = 1,
    /** Competent unit: accepts, returns, answers; its own agency stream. */
    KN_ROLE_AGENCY = 2,
    KN_ROLE_MONITOR = 3,            /**< Reads alerts and the log without personal data. */
    /** Clerk of the Office: every act on cases, and personal data. */
    KN_ROLE_OPERATOR = 4,
    KN_ROLE_APPROVER = 5,           /**< Approves what needs a second person. */
    KN_ROLE_VERIFIER = 6,           /**< Records verifications. */
    KN_ROLE_BAN = 7,                /**< Member of a Ban of the People's Council. */
    KN_ROLE_STANDING_COMMITTEE = 8, /**< Standing Committee. */
    KN_ROLE_DEPUTIES = 9,           /**< Deputies' group. */
    KN_ROLE_AUDITOR = 10,           /**< Reads everything but persons; verifies the chain. */
    KN_ROLE_COUNT = 11,             /**< one more than the last */
};

/** Axis 4 of 7: what the voter says of the outcome. */
enum kn_satisfaction {
    KN_SATISFACTION_NONE = 0,         /**< absent */
    KN_SATISFACTION_UNASKED = 1,      /**< Not asked yet. */
    KN_SATISFACTION_SATISFIED = 2,    /**< Satisfied. */
    KN_SATISFACTION_ACCEPTED = 3,     /**< Accepts it. */
    KN_SATISFACTION_DISSATISFIED = 4, /**< Not satisfied. */
    KN_SATISFACTION_NO_RESPONSE = 5,  /**< Asked, no response. */
    KN_SATISFACTION_COUNT = 6,        /**< one more than the last */
};

/** What becomes of an event in quarantine. */
enum kn_settlement {
    KN_SETTLEMENT_NONE = 0,  /**< absent */
    KN_SETTLEMENT_RETRY = 1, /**< Give it to its consumer again. */
    KN_SETTLEMENT_DROP = 2,  /**< It is settled; nobody needs it. */
    KN_SETTLEMENT_COUNT = 3, /**< one more than the last */
};

/** Axis 5 of 7: the state of one clock. */
enum kn_tier {
    KN_TIER_NONE = 0,              /**< absent */
    KN_TIER_IN_TIME = 1,           /**< In time. */
    KN_TIER_DUE_SOON = 2,          /**< Due soon (sắp đến hạn). */
    KN_TIER_OVERDUE = 3,           /**< Overdue (quá hạn): from the day after the due day. */
    KN_TIER_SERIOUSLY_OVERDUE = 4, /**< Seriously overdue (quá hạn nghiêm trọng). */
    KN_TIER_PAUSED = 5,            /**< Paused by decision. */
    KN_TIER_STOPPED = 6,           /**< Stopped: the act was done. */
    KN_TIER_COUNT = 7,             /**< one more than the last */
};

/** The hub's answer to one numbered message. Silence means deferred. */
enum kn_verdict {
    KN_VERDICT_NONE = 0,     /**< absent */
    KN_VERDICT_STORED = 1,   /**< Committed to disk. */
    KN_VERDICT_REPEATED = 2, /**< Seen before with the same content: the first answer again. */
    KN_VERDICT_CONFLICT = 3, /**< The key is known with other content; nothing was changed. */
    KN_VERDICT_REFUSED = 4,  /**< Final: code and field say why. */
    /** Not taken now; send again after retry_after_ms. Nothing is lost. */
    KN_VERDICT_DEFERRED = 5,
    KN_VERDICT_COUNT = 6,    /**< one more than the last */
};

/** Axis 3 of 7: what somebody found on the spot. */
enum kn_verification {
    KN_VERIFICATION_ABSENT = 0,         /**< absent */
    KN_VERIFICATION_NONE = 1,           /**< Not verified yet. */
    KN_VERIFICATION_MET = 2,            /**< The matter is resolved in fact. */
    KN_VERIFICATION_PARTLY = 3,         /**< Resolved in part. */
    KN_VERIFICATION_NOT_MET = 4,        /**< Not resolved, whatever was answered. */
    KN_VERIFICATION_NOT_APPLICABLE = 5, /**< An explanation: there is nothing to verify. */
    KN_VERIFICATION_COUNT = 6,          /**< one more than the last */
};

/* ---- Records: what messages carry and the store keeps ----------------------------------------- */

/** What narrows an identity below its role. Absent is the hub's standard. */
struct kn_limits {
    /** Numbered messages and requests a second. (1..100000) */
    bool has_rate;
    int64_t rate;
    /** Bytes of frames a day (Ha Noi). (1..1125899906842624) */
    bool has_bytes_per_day;
    int64_t bytes_per_day;
    /** Connections at a time. (1..10000) */
    bool has_sessions;
    int64_t sessions;
    /** Only these streams, of those that the role may read. (at most 20, 0..80 characters) */
    size_t n_streams;
    const char *const *streams;
    /** Only these messages, of those that the role may say. (at most 40, 0..60 characters) */
    size_t n_verbs;
    const char *const *verbs;
};

/** Sequences of an agent's outbox that it has given out and that have not arrived. */
struct kn_gap {
    /** Instance of the outbox. (required, 16 hex digits) */
    const char *instance;
    /** The first that is missing. (required, 1..9007199254740991) */
    int64_t first;
    /** The last that is known of. (required, 1..9007199254740991) */
    int64_t last;
    /** Since when it is known. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t since;
};

/** An identity that may talk to the hub. */
struct kn_agent {
    /** Its name: letters, digits, hyphen. (required, 1..60 characters) */
    const char *agent;
    /** What it may say and see. (required) */
    enum kn_role role;
    /** Agency: its unit. (0..60 characters) */
    const char *unit;
    /** CURVE public key, Z85. (required, 40 characters) */
    const char *key;
    /** The key is no longer let in. */
    bool revoked;
    /** Messages it may have unacknowledged. (1..4096) */
    bool has_window;
    int64_t window;
    /** When. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_admitted_at;
    int64_t admitted_at;
    /** What narrows it below its role. */
    const struct kn_limits *limits;
    /** Messages that it has and that do not come. (at most 8) */
    size_t n_gaps;
    const struct kn_gap *gaps;
};

/** An official document; its identity is sender, number and date (Decree 30/2020). */
struct kn_document {
    /** Number and notation (số/ký hiệu). (required, 1..60 characters) */
    const char *number;
    /** Day of issue, YYYY-MM-DD. (required, 10 characters) */
    const char *date;
    /** Issuing body. (required, 1..200 characters) */
    const char *sender;
    /** Subject (V/v). (0..500 characters) */
    const char *subject;
};

/** What the unit says it has checked in its answer, and the reviewer looks at. */
struct kn_checklist {
    /** Every demand of the petition is answered. */
    bool on_point;
    /** The legal basis is named. */
    bool has_basis;
    /** What is still to be done has a date and a responsible unit. */
    bool has_date;
    /** What was done is shown (minutes, pictures, documents). */
    bool has_evidence;
};

/** What one answer says of one case. */
struct kn_answer {
    /** Counts from 1 within the case. (required, 1..10000) */
    int64_t number;
    /** Unit that answers. (required, 1..60 characters) */
    const char *unit;
    /** Result class. (required) */
    enum kn_result result;
    /** The answering document; one may answer many cases. */
    const struct kn_document *document;
    /** When it was recorded. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t at;
    /** II.1: the promised day, YYYY-MM-DD. (10 characters) */
    const char *promised_on;
    /** What is said to the voter. (0..16000 characters, private) */
    const char *text;
    /** Answers a part; the case goes on. */
    bool partial;
    /** Which part of the petition it answers. (0..300 characters) */
    const char *span;
    /** What the unit checked. */
    const struct kn_checklist *checklist;
    /** When it was really given, when that was said and is earlier. Milliseconds since
     *  1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
};

/** A file by its digest; the bytes travel apart. */
struct kn_attachment {
    /** SHA-256 of the bytes. (required, 64 hex digits) */
    const char *digest;
    /** Bytes. (required, 0..1099511627776) */
    int64_t size;
    /** Media type, as sniffed. (required, 1..100 characters) */
    const char *media_type;
    /** File name as given. (0..200 characters, private) */
    const char *name;
};

/** A unit's part in a case. */
struct kn_assignment {
    /** Counts from 1 within the case. (required, 1..10000) */
    int64_t number;
    /** Unit of the units register. (required, 1..60 characters) */
    const char *unit;
    /** Lead or partner. (required) */
    enum kn_assignment_role role;
    /** When it was put on the unit's stream. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t offered_at;
    /** When the unit saved it. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_saved_at;
    int64_t saved_at;
    /** When the unit returned it. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_returned_at;
    int64_t returned_at;
    /** Rule or ruling that gave it. (0..200 characters) */
    const char *basis;
    /** Identity that gave it. (0..60 characters) */
    const char *by;
    /** When a partner gave its opinion. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_done_at;
    int64_t done_at;
};

/** A voters' meeting (TXCT). */
struct kn_meeting {
    /** Day, YYYY-MM-DD. (required, 10 characters) */
    const char *date;
    /** Place. (0..200 characters) */
    const char *place;
    /** Deputies' group (tổ đại biểu). (0..100 characters) */
    const char *group;
    /** Session that it prepares or follows. (0..100 characters) */
    const char *session;
    /** Electoral unit. (0..100 characters) */
    const char *electoral_unit;
};

/** What one document, meeting, feed run or SMS day declared and what became of it: declared =
 *  stored + refused + missing; stored = fresh + linked. */
struct kn_batch {
    /** Its id. (required, 32 hex digits) */
    const char *batch;
    /** Hash of the identity of the document, meeting, feed or inbox. (required, 32 hex digits) */
    const char *container;
    /** Who sends it. (required, 1..60 characters) */
    const char *agent;
    /** Code of the sources register. (required, 1..40 characters) */
    const char *source;
    /** Kind of source. (required) */
    enum kn_channel channel;
    /** What people call it. (0..300 characters) */
    const char *title;
    /** Name of the file, for people. (0..200 characters) */
    const char *file;
    /** The meeting. */
    const struct kn_meeting *meeting;
    /** The document. */
    const struct kn_document *document;
    /** Rows that the sender says there are. (required, 0..100000000) */
    int64_t declared;
    /** Rows stored, each once. (required, 0..100000000) */
    int64_t stored;
    /** Of these: cases of their own. (required, 0..100000000) */
    int64_t fresh;
    /** Of these: linked to another case. (required, 0..100000000) */
    int64_t linked;
    /** Rows refused and not yet corrected. (required, 0..100000000) */
    int64_t refused;
    /** Rows that an earlier batch counts. (required, 0..100000000) */
    int64_t elsewhere;
    /** Declared and neither stored nor refused. (required, 0..100000000) */
    int64_t missing;
    /** First declared. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t opened_at;
    /** When nothing was missing any more. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_closed_at;
    int64_t closed_at;
    /** Sequence of its latest event. (required, 0..9007199254740991) */
    int64_t last_event;
    /** The batch whose document replaced it. (32 hex digits) */
    const char *replaced_by;
    /** When its document was withdrawn. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_withdrawn_at;
    int64_t withdrawn_at;
    /** Sequence of the event that brought the files of its document. (0..9007199254740991) */
    bool has_letter;
    int64_t letter;
};

/** What became of one row of a batch. No text. */
struct kn_row {
    /** Identity within the container. (required, 1..64 characters) */
    const char *item;
    /** Row in its file, for people. (0..100000000) */
    bool has_row;
    int64_t row;
    /** The case, when stored. (0..24 characters) */
    const char *case_;
    /** Why it was refused. */
    enum kn_code code;
    /** The field at fault. (0..60 characters) */
    const char *field;
    /** The case that it was linked to. (0..24 characters) */
    const char *linked_to;
};

/** An earlier case that may say the same. */
struct kn_candidate {
    /** Its code. (required, 8..24 characters) */
    const char *case_;
    /** How sure. (required) */
    enum kn_match_verdict verdict;
    /** Thousandths. (required, 0..1000) */
    int64_t score;
    /** Duplicate or recurrence. */
    enum kn_link_kind relation;
    /** How much the places say that it is one, thousandths; -1: they are in conflict. (-1..1000) */
    bool has_place;
    int64_t place;
    /** How much of what they are about they share, thousandths. (0..1000) */
    bool has_matter;
    int64_t matter;
    /** How much of the remaining words they share, thousandths. (0..1000) */
    bool has_words;
    int64_t words;
    /** Word for word the same text. */
    bool exact;
    /** Why, in words for a clerk. (0..300 characters) */
    const char *why;
};

/** Two cases that may be one matter: kept until a person decides, and what was decided for ever. */
struct kn_candidate_pair {
    /** The later case. (required, 8..24 characters) */
    const char *case_;
    /** The earlier case. (required, 8..24 characters) */
    const char *earlier;
    /** What was decided. (required) */
    enum kn_candidate_state state;
    /** How they would belong together: duplicate or recurrence. */
    enum kn_link_kind link;
    /** How likely they are one, thousandths. (0..1000) */
    bool has_score;
    int64_t score;
    /** How much the places say that it is one, thousandths; -1: they are in conflict. (-1..1000) */
    bool has_place;
    int64_t place;
    /** How much of what they are about they share, thousandths. (0..1000) */
    bool has_matter;
    int64_t matter;
    /** How much of the remaining words they share, thousandths. (0..1000) */
    bool has_words;
    int64_t words;
    /** Why, in words for a clerk. (0..300 characters) */
    const char *why;
    /** When it was proposed. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t at;
    /** When it was decided. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_decided_at;
    int64_t decided_at;
    /** Who decided. (0..60 characters) */
    const char *by;
};

/** One of the two cases of a pair as a person looks at it. */
struct kn_candidate_side {
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Its flow. (required) */
    enum kn_flow flow;
    /** When the source received it. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t received_at;
    /** Code of the sources register. (0..40 characters) */
    const char *source;
    /** Code of the fields register. (0..40 characters) */
    const char *field;
    /** Id of the areas register. (0..40 characters) */
    const char *area;
    /** The unit accountable now. (0..60 characters) */
    const char *unit;
    /** How many cases are linked to it. (0..1000000) */
    bool has_linked;
    int64_t linked;
    /** Whether its text stands beside. */
    enum kn_content_state content_state;
    /** Its words. (0..16000 characters, private) */
    const char *text;
    /** Only the beginning of its words is here: the rest by case.get. */
    bool cut;
};

/** What a person needs to decide on it. */
struct kn_candidate_view {
    /** The pair. (required) */
    const struct kn_candidate_pair *pair;
    /** The later case. (required) */
    const struct kn_candidate_side *later;
    /** The earlier case. (required) */
    const struct kn_candidate_side *earlier;
};

/** One running clock of a case, with what explains its date. */
struct kn_clock {
    /** Which clock. (required) */
    enum kn_clock_kind kind;
    /** Its state as last announced. (required) */
    enum kn_tier tier;
    /** Start. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t started_at;
    /** End of the due day. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t due_at;
    /** When its tier changes next; absent: never. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_next_at;
    int64_t next_at;
    /** Profile of the deadlines register. (0..40 characters) */
    const char *profile;
    /** Version of the registers that gave the date. (16 hex digits) */
    const char *registers;
    /** Legal basis. (0..200 characters) */
    const char *basis;
    /** Which assignment or commitment it belongs to; absent: the case. (1..10000) */
    bool has_part;
    int64_t part;
    /** When the running pause began. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_paused_at;
    int64_t paused_at;
    /** Days that ended pauses added. (0..10000) */
    bool has_paused_days;
    int64_t paused_days;
};

/** A promised date (cam kết, lộ trình) of a case, with a clock of its own. */
struct kn_commitment {
    /** Counts from 1 within the case. (required, 1..10000) */
    int64_t number;
    /** Unit that promised, or that a conclusion binds. (0..60 characters) */
    const char *unit;
    /** The promised day, YYYY-MM-DD. (required, 10 characters) */
    const char *promised_on;
    /** When it was recorded. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t made_at;
    /** When it was recorded as kept. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_kept_at;
    int64_t kept_at;
    /** When the day passed and nobody had said that it was kept. Milliseconds since
     *  1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_missed_at;
    int64_t missed_at;
    /** The oversight docket whose conclusion it is. (0..40 characters) */
    const char *docket;
};

/** A case in an oversight docket: many cases in one docket, many dockets for one case. */
struct kn_selection {
    /** The docket's code, such as GS-2026-03. (required, 1..40 characters) */
    const char *docket;
    /** What is done about it. (required) */
    enum kn_oversight oversight;
    /** When it was selected. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t at;
    /** Identity that selected it. (0..60 characters) */
    const char *by;
};

/** Another case that this one belongs to while both go their own way. */
struct kn_relation {
    /** The other case. (required, 8..24 characters) */
    const char *case_;
    /** How. (required) */
    enum kn_link_kind link;
    /** Why, in words for a clerk. (0..300 characters) */
    const char *why;
};

/** The journaled state of one petition: seven independent axes, clocks and holders. No figure
 *  sums two axes. */
struct kn_case {
    /** The human code, with its check character: HN-2026-000042-X. (required, 8..24 characters) */
    const char *code;
    /** The store's number: year × 10,000,000 + count. (required, 0..9007199254740991) */
    int64_t number;
    /** Axis 1. (required) */
    enum kn_flow flow;
    /** Axis 2, of the latest answer. */
    enum kn_result result;
    /** Axis 3. (required) */
    enum kn_verification verification;
    /** Axis 4. (required) */
    enum kn_satisfaction satisfaction;
    /** Axis 6. (required) */
    enum kn_oversight oversight;
    /** Axis 7. (required) */
    enum kn_publication publication;
    /** The case that this one is linked to. (0..24 characters) */
    const char *parent;
    /** How. */
    enum kn_link_kind link;
    /** Why, in words for a clerk. (0..300 characters) */
    const char *link_why;
    /** Intake agent that sent it. (required, 1..60 characters) */
    const char *agent;
    /** Code of the sources register. (required, 1..40 characters) */
    const char *source;
    /** Kind of source. (required) */
    enum kn_channel channel;
    /** The batch that counts it. (32 hex digits) */
    const char *batch;
    /** Row in its file, for people. (0..100000000) */
    bool has_row;
    int64_t row;
    /** When the source received it. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t received_at;
    /** When the hub stored it. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t stored_at;
    /** Code of the fields register. (0..40 characters) */
    const char *field;
    /** Id of the areas register. (0..40 characters) */
    const char *area;
    /** The unit accountable now. (0..60 characters) */
    const char *unit;
    /** How often it was returned. (0..1000) */
    bool has_returns;
    int64_t returns;
    /** How often it was reopened. (0..1000) */
    bool has_reopened;
    int64_t reopened;
    /** Assignments, oldest first. (at most 32) */
    size_t n_assignments;
    const struct kn_assignment *assignments;
    /** Answers, oldest first. (at most 32) */
    size_t n_answers;
    const struct kn_answer *answers;
    /** Clocks (axis 5). (at most 16) */
    size_t n_clocks;
    const struct kn_clock *clocks;
    /** Sequence of its latest event; each event names the one before. (required,
     *  0..9007199254740991) */
    int64_t last_event;
    /** Sequence of the event that received it: key of its content. (required,
     *  0..9007199254740991) */
    int64_t submission;
    /** How many cases are linked to this one. (0..1000000) */
    bool has_linked;
    int64_t linked;
    /** Version of the registers that routed it. (16 hex digits) */
    const char *registers;
    /** Reminders so far: of the hub at each tier, and of people. (0..10000) */
    bool has_reminders;
    int64_t reminders;
    /** Directions attached. (0..10000) */
    bool has_directions;
    int64_t directions;
    /** A ruling forced the unit: it cannot return the case. */
    bool ruled;
    /** The plan of the latest answer was taken. */
    bool plan_accepted;
    /** When it ended. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_closed_at;
    int64_t closed_at;
    /** Commitments, oldest first. (at most 32) */
    size_t n_commitments;
    const struct kn_commitment *commitments;
    /** Dockets that it is in. (at most 16) */
    size_t n_selections;
    const struct kn_selection *selections;
    /** Promises missed. (0..10000) */
    bool has_missed;
    int64_t missed;
    /** Verifications that found it not done. (0..10000) */
    bool has_not_met;
    int64_t not_met;
    /** Cases that it belongs to while it goes its own way: an earlier one that it raises again,
     *  the one that it was split from. (at most 16) */
    size_t n_relations;
    const struct kn_relation *relations;
    /** When its sender took it back. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_withdrawn_at;
    int64_t withdrawn_at;
};

/** Who raised the petition. Kept in the one room for personal data; erasable. */
struct kn_person {
    /** Name as given. (0..200 characters, private) */
    const char *name;
    /** Telephone number as given. (0..40 characters, private) */
    const char *phone;
    /** Address as given. (0..400 characters, private) */
    const char *address;
};

/** What was said, as received: the part of a submission that is compared when a key comes again.
 *  Its canonical encoding (schema order, absent fields left out, shortest forms) under a salt is
 *  what the log commits to. */
struct kn_petition {
    /** The petition in its own words, NFC preferred. Longer texts go as an attachment.
     *  (required, 1..16000 characters, private) */
    const char *text;
    /** When the source received it. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_received_at;
    int64_t received_at;
    /** The place as the source names it: ward or commune, or a code of the areas register.
     *  (0..200 characters) */
    const char *area;
    /** The field as the source names it: a code or a name of the fields register. (0..100
     *  characters) */
    const char *field;
    /** Who raised it. (private) */
    const struct kn_person *person;
    /** Press: the newspaper. (0..100 characters) */
    const char *outlet;
    /** Press: the link. (0..500 characters) */
    const char *url;
    /** Press: the headline. (0..300 characters, private) */
    const char *headline;
    /** How the bytes were encoded when that was not UTF-8. (0..20 characters) */
    const char *encoding;
    /** The decoding may be wrong; a person should look. */
    bool doubt;
    /** Files that belong to it. (at most 16) */
    size_t n_attachments;
    const struct kn_attachment *attachments;
};

/** What only some kinds of event carry. */
struct kn_detail {
    /** commitment.*: its number. (1..10000) */
    bool has_commitment;
    int64_t commitment;
    /** case.selected, commitment.made: the oversight docket. (0..40 characters) */
    const char *docket;
    /** case.reminded and tiers of the answer clock: number of the reminder. (1..10000) */
    bool has_reminder;
    int64_t reminder;
    /** case.answered: a part only; the case goes on. */
    bool partial;
    /** case.answered: which part of the petition. (0..300 characters) */
    const char *span;
    /** case.answered: what the unit checked. */
    const struct kn_checklist *checklist;
    /** case.assigned: a ruling; the unit cannot return it. */
    bool ruling;
    /** case.not_accepted: the ground. */
    enum kn_reject_ground reject_ground;
    /** case.paused, case.pause_asked: the ground. */
    enum kn_pause_ground pause_ground;
    /** case.paused, case.pause_asked: the last day. (10 characters) */
    const char *until;
    /** case.resumed: days that the pause added. (0..10000) */
    bool has_paused_days;
    int64_t paused_days;
    /** case.diverted: the channel it left for. */
    enum kn_diversion diversion;
    /** case.diverted: receipt number there. (0..60 characters) */
    const char *receipt;
    /** case.directed: who directs; case.diverted: who received it. (0..200 characters) */
    const char *body;
    /** case.verified: where. (0..200 characters) */
    const char *place;
    /** assignment.handed_over: the unit that ended. (0..60 characters) */
    const char *predecessor;
    /** case.compared: what a person decided of the pair. */
    enum kn_candidate_state decision;
    /** case.candidate: how likely they are one, thousandths. (0..1000) */
    bool has_score;
    int64_t score;
    /** case.candidate: how much the places say that it is one, thousandths; -1: they are in
     *  conflict. (-1..1000) */
    bool has_place_score;
    int64_t place_score;
    /** case.candidate: how much of what they are about they share, thousandths. (0..1000) */
    bool has_matter_score;
    int64_t matter_score;
    /** case.candidate: how much of the remaining words they share, thousandths. (0..1000) */
    bool has_words_score;
    int64_t words_score;
    /** case.answered, case.verified: its files, joined at delivery. (at most 16, private) */
    size_t n_attachments;
    const struct kn_attachment *attachments;
    /** document.replaced: the batch of the new document. (32 hex digits) */
    const char *replaced_by;
    /** When it was really done, when that was said and is earlier. Milliseconds since
     *  1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
    /** agent.gap, agent.gap_closed: which. */
    const struct kn_gap *gap;
};

/** One thing that happened, as delivered: one flat record, its kind says which fields it
 *  carries. The log keeps it for ever, without personal data; content is joined at delivery. */
struct kn_event {
    /** Its number in the log, contiguous over all events. (required, 0..9007199254740991) */
    int64_t sequence;
    /** What happened. (required) */
    enum kn_event_kind kind;
    /** When the hub decided it. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t at;
    /** Who: an agent, a person's key, or hub. (0..60 characters) */
    const char *actor;
    /** On whose behalf. (0..120 characters) */
    const char *on_behalf;
    /** Case code. (0..24 characters) */
    const char *case_;
    /** Sequence of the case's event before this one. (0..9007199254740991) */
    bool has_previous;
    int64_t previous;
    /** Flow after the event. */
    enum kn_flow flow;
    /** Result class. */
    enum kn_result result;
    /** Verification. */
    enum kn_verification verification;
    /** Satisfaction. */
    enum kn_satisfaction satisfaction;
    /** Oversight. */
    enum kn_oversight oversight;
    /** Publication. */
    enum kn_publication publication;
    /** Intake agent; or the agent admitted or revoked. (0..60 characters) */
    const char *agent;
    /** Code of the sources register. (0..40 characters) */
    const char *source;
    /** Kind of source. */
    enum kn_channel channel;
    /** Batch. (32 hex digits) */
    const char *batch;
    /** Item within its container. (0..64 characters) */
    const char *item;
    /** Row in its file. (0..100000000) */
    bool has_row;
    int64_t row;
    /** Container. (32 hex digits) */
    const char *container;
    /** batch.opened: what people call it. (0..300 characters) */
    const char *title;
    /** batch.opened: name of the file. (0..200 characters) */
    const char *file;
    /** batch.opened: the meeting. */
    const struct kn_meeting *meeting;
    /** batch.*: declared rows. (0..100000000) */
    bool has_declared;
    int64_t declared;
    /** batch.closed: stored rows. (0..100000000) */
    bool has_stored;
    int64_t stored;
    /** batch.closed: refused rows. (0..100000000) */
    bool has_refused;
    int64_t refused;
    /** batch.closed: of the stored, linked. (0..100000000) */
    bool has_linked;
    int64_t linked;
    /** When the source received it. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_received_at;
    int64_t received_at;
    /** HMAC-SHA-256 of the petition's canonical encoding under its salt. (64 hex digits) */
    const char *commitment;
    /** Code of the fields register. (0..40 characters) */
    const char *field;
    /** Id of the areas register. (0..40 characters) */
    const char *area;
    /** Unit concerned. (0..60 characters) */
    const char *unit;
    /** Number of the assignment. (1..10000) */
    bool has_assignment;
    int64_t assignment;
    /** Role in the assignment. */
    enum kn_assignment_role role;
    /** case.returned: the unit that should have it. (0..60 characters) */
    const char *proposed_unit;
    /** The other case: that it is linked to, raises again, was split from or may be one with. In
     *  a source's stream, of an outcome: the case that this one is linked to and whose outcome
     *  it is. (0..24 characters) */
    const char *parent;
    /** Kind of link. */
    enum kn_link_kind link;
    /** Why, in words: of a link, a route or a date. (0..1000 characters) */
    const char *why;
    /** Which clock. */
    enum kn_clock_kind clock;
    /** Tier of the clock. */
    enum kn_tier tier;
    /** Start of the clock. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_started_at;
    int64_t started_at;
    /** End of the due day. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_due_at;
    int64_t due_at;
    /** case.redated: the old date. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_was_due_at;
    int64_t was_due_at;
    /** When the tier of the clock changes next. Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_next_at;
    int64_t next_at;
    /** Profile of the clock. (0..40 characters) */
    const char *profile;
    /** Legal basis or rule. (0..200 characters) */
    const char *basis;
    /** Legal basis of the clock. (0..200 characters) */
    const char *clock_basis;
    /** Other clocks that it starts, moves or stops. (at most 40) */
    size_t n_clocks;
    const struct kn_clock *clocks;
    /** Version of the registers. (16 hex digits) */
    const char *registers;
    /** Document concerned. */
    const struct kn_document *document;
    /** Promised day. (10 characters) */
    const char *promised_on;
    /** What only some kinds carry. */
    const struct kn_detail *detail;
    /** Why refused. */
    enum kn_code code;
    /** The field at fault. (0..60 characters) */
    const char *fault;
    /** Words of the actor: a reason, progress, what is promised. (0..2000 characters, private) */
    const char *reason;
    /** case.answered, assignment.opinion: what a unit says, joined at delivery. (0..16000
     *  characters, private) */
    const char *answer;
    /** case.verified: what was seen. (0..500 characters, private) */
    const char *evidence;
    /** case.published: the approved, de-identified text. (0..4000 characters, private) */
    const char *summary;
    /** agent.admitted: the role. */
    enum kn_role admitted;
    /** agent.admitted: public key, Z85. (0..40 characters) */
    const char *key;
    /** agent.admitted: messages it may have unacknowledged. (1..4096) */
    bool has_window;
    int64_t window;
    /** Whether the content stands beside. */
    enum kn_content_state content_state;
    /** The content as it stands at delivery. (private) */
    const struct kn_petition *petition;
    /** Agent admitted: what narrows it below its role. */
    const struct kn_limits *limits;
};

/** Why a clock of a case is due when it is: start, count, days passed over, pauses, basis. */
struct kn_explanation {
    /** Which clock. (required) */
    enum kn_clock_kind clock;
    /** Which assignment or commitment it belongs to. (1..10000) */
    bool has_part;
    int64_t part;
    /** The unit that it runs for; absent: the Office. (0..60 characters) */
    const char *unit;
    /** Start. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t started_at;
    /** End of the due day. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t due_at;
    /** Its tier. (required) */
    enum kn_tier tier;
    /** In Vietnamese. (required, 0..1000 characters) */
    const char *text;
    /** In English. (required, 0..1000 characters) */
    const char *text_en;
};

/** A durable reader of a stream. */
struct kn_consumer {
    /** Stream. (required, 1..80 characters) */
    const char *stream;
    /** Name. (required, 1..60 characters) */
    const char *consumer;
    /** Identity. (1..60 characters) */
    const char *agent;
    /** Saved position. (required, 0..9007199254740991) */
    int64_t saved;
    /** Last event of the stream. (required, 0..9007199254740991) */
    int64_t last;
    /** It is reading now. */
    bool connected;
    /** When the oldest event that it has not saved happened. Milliseconds since
     *  1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_unsaved_at;
    int64_t unsaved_at;
    /** Events that it refused and that nobody has settled. (0..9007199254740991) */
    bool has_quarantined;
    int64_t quarantined;
};

/** What one log entry keeps in the room for personal data: an erasable record under its own
 *  salt. The entry holds HMAC-SHA-256 of this record's canonical encoding. */
struct kn_content {
    /** petition.submit, petition.revise. (private) */
    const struct kn_petition *petition;
    /** Words of the actor: a reason, progress, what is promised. (0..2000 characters, private) */
    const char *reason;
    /** answer.submit, opinion.submit: what the unit says. (0..16000 characters, private) */
    const char *answer;
    /** case.verify: what was seen. (0..500 characters, private) */
    const char *evidence;
    /** case.publish: the approved, de-identified text. (0..4000 characters, private) */
    const char *summary;
    /** answer.submit, case.verify: files that belong to it. (at most 16, private) */
    size_t n_attachments;
    const struct kn_attachment *attachments;
};

/** A named figure. */
struct kn_count {
    /** Name. (required, 1..60 characters) */
    const char *name;
    /** Value. (required, 0..9007199254740991) */
    int64_t value;
};

/** Who was turned away, and how often: one aggregate a minute by identity or block of addresses
 *  and reason; of a known identity each one, at most 100 a minute. */
struct kn_denial {
    /** Its number; the ring forgets the oldest. (required, 0..9007199254740991) */
    int64_t number;
    /** When, or the minute's end. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t at;
    /** Identity, or block of addresses. (required, 1..80 characters) */
    const char *who;
    /** WHO is an identity. */
    bool is_agent;
    /** Why. (required) */
    enum kn_denial_reason reason;
    /** The message, or the stream. (0..80 characters) */
    const char *verb;
    /** How many. (required, 0..9007199254740991) */
    int64_t count;
};

/** A case whose personal record was erased, and who has not confirmed. */
struct kn_erasure {
    /** Code of the case. (required, 1..24 characters) */
    const char *case_;
    /** The event person.erased. (required, 0..9007199254740991) */
    int64_t sequence;
    /** When. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t at;
    /** Durable readers that got its content and have not saved behind the erasure. (required, at
     *  most 50) */
    size_t n_pending;
    const struct kn_consumer *pending;
};

/** What can be saved of a numbered message whose body is refused, so that the refusal is on
 *  record under its keys. Bounds are wide: it is looked at after something else was found wrong. */
struct kn_numbered {
    /** Transport sequence. (required, 1..9007199254740991) */
    int64_t sequence;
    /** Batch. (0..1000 characters) */
    const char *batch;
    /** Container. (0..1000 characters) */
    const char *container;
    /** Item. (0..1000 characters) */
    const char *item;
    /** Row. (0..100000000) */
    bool has_row;
    int64_t row;
    /** Case code. (0..1000 characters) */
    const char *case_;
};

/** A place that a text names. */
struct kn_place {
    /** Type: ward, street, alley, group… (required, 1..20 characters) */
    const char *type;
    /** Name without the type word. (required, 1..120 characters) */
    const char *name;
    /** Id of the areas register, when certain. (0..40 characters) */
    const char *code;
};

/** An event that a consumer refused. */
struct kn_quarantined {
    /** Its number in the quarantine, for ever. (required, 0..9007199254740991) */
    int64_t number;
    /** Stream. (required, 1..80 characters) */
    const char *stream;
    /** Name of the durable cursor. (required, 1..60 characters) */
    const char *consumer;
    /** Identity. (required, 1..60 characters) */
    const char *agent;
    /** Position in the stream. (required, 0..9007199254740991) */
    int64_t position;
    /** The event. (required, 0..9007199254740991) */
    int64_t sequence;
    /** Why it was refused last. (required) */
    enum kn_code code;
    /** Why, in words. (0..200 characters, private) */
    const char *reason;
    /** How often it was refused. (required, 0..9007199254740991) */
    int64_t tries;
    /** First refused. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t first_at;
    /** Last refused. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t last_at;
    /** Waits for the consumer to try it again. */
    bool again;
};

/** The least that can be saved of a numbered message. */
struct kn_sequence {
    /** Transport sequence. (required, 1..9007199254740991) */
    int64_t sequence;
};

/* ---- Messages --------------------------------------------------------------------------------- */

/** The messages; the number is the fourth byte of a frame. */
enum kn_type {
    KN_TYPE_NONE = 0,                /**< no message */
    KN_TYPE_HELLO = 1,               /**< sent by client */
    KN_TYPE_WELCOME = 2,             /**< sent by hub */
    KN_TYPE_DENY = 3,                /**< sent by hub */
    KN_TYPE_PING = 4,                /**< sent by client */
    KN_TYPE_PONG = 5,                /**< sent by hub */
    KN_TYPE_BYE = 6,                 /**< sent by client, hub */
    KN_TYPE_BATCH_DECLARE = 10,      /**< sent by client */
    KN_TYPE_ROW_REFUSE = 11,         /**< sent by client */
    KN_TYPE_PETITION_SUBMIT = 12,    /**< sent by client */
    KN_TYPE_PETITION_REVISE = 13,    /**< sent by client */
    KN_TYPE_DOCUMENT_REPLACE = 14,   /**< sent by client */
    KN_TYPE_DOCUMENT_WITHDRAW = 15,  /**< sent by client */
    KN_TYPE_PETITION_WITHDRAW = 16,  /**< sent by client */
    KN_TYPE_ASSIGNMENT_ACCEPT = 20,  /**< sent by client */
    KN_TYPE_ASSIGNMENT_RETURN = 21,  /**< sent by client */
    KN_TYPE_ANSWER_SUBMIT = 22,      /**< sent by client */
    KN_TYPE_CASE_ASSIGN = 23,        /**< sent by client */
    KN_TYPE_ANSWER_REVIEW = 24,      /**< sent by client */
    KN_TYPE_CASE_VERIFY = 25,        /**< sent by client */
    KN_TYPE_CASE_PUBLISH = 26,       /**< sent by client */
    KN_TYPE_CASE_LINK = 27,          /**< sent by client */
    KN_TYPE_CASE_UNLINK = 28,        /**< sent by client */
    KN_TYPE_RECEIPT = 40,            /**< sent by hub */
    KN_TYPE_STREAM_OPEN = 50,        /**< sent by client */
    KN_TYPE_STREAM_OPENED = 51,      /**< sent by hub */
    KN_TYPE_STREAM_CREDIT = 52,      /**< sent by client */
    KN_TYPE_STREAM_SAVE = 53,        /**< sent by client */
    KN_TYPE_EVENTS = 54,             /**< sent by hub */
    KN_TYPE_STREAM_CLOSED = 55,      /**< sent by hub */
    KN_TYPE_EVENT_REFUSE = 56,       /**< sent by client */
    KN_TYPE_EVENT_TAKE = 57,         /**< sent by client */
    KN_TYPE_EVENT_KEPT = 58,         /**< sent by hub */
    KN_TYPE_CASE_GET = 60,           /**< sent by client */
    KN_TYPE_CASE_VIEW = 61,          /**< sent by hub */
    KN_TYPE_CASE_FIND = 62,          /**< sent by client */
    KN_TYPE_CASE_LIST = 63,          /**< sent by hub */
    KN_TYPE_BATCH_GET = 64,          /**< sent by client */
    KN_TYPE_BATCH_VIEW = 65,         /**< sent by hub */
    KN_TYPE_STATUS_GET = 66,         /**< sent by client, control */
    KN_TYPE_STATUS_VIEW = 67,        /**< sent by hub */
    KN_TYPE_AGENT_ADMIT = 70,        /**< sent by control, client */
    KN_TYPE_AGENT_REVOKE = 71,       /**< sent by control, client */
    KN_TYPE_CLOCK_MOVE = 72,         /**< sent by control */
    KN_TYPE_HUB_DRAIN = 73,          /**< sent by control */
    KN_TYPE_HUB_COMPACT = 74,        /**< sent by control */
    KN_TYPE_READING_PROPOSE = 80,    /**< sent by journal */
    KN_TYPE_CLOCK_TICK = 81,         /**< sent by journal */
    KN_TYPE_REGISTER_LOAD = 82,      /**< sent by journal */
    KN_TYPE_AGENT_GAP = 83,          /**< sent by journal */
    KN_TYPE_CLOCK_REVIEW = 84,       /**< sent by journal */
    KN_TYPE_FILE_PUT = 90,           /**< sent by client */
    KN_TYPE_FILE_STATE = 91,         /**< sent by hub */
    KN_TYPE_FILE_GET = 92,           /**< sent by client */
    KN_TYPE_FILE_PART = 93,          /**< sent by hub */
    KN_TYPE_CASE_DIVERT = 100,       /**< sent by client */
    KN_TYPE_CASE_REJECT = 101,       /**< sent by client */
    KN_TYPE_CASE_PAUSE = 102,        /**< sent by client */
    KN_TYPE_CASE_RESUME = 103,       /**< sent by client */
    KN_TYPE_CASE_REOPEN = 104,       /**< sent by client */
    KN_TYPE_CASE_REMIND = 105,       /**< sent by client */
    KN_TYPE_CASE_SATISFACTION = 106, /**< sent by client */
    KN_TYPE_CASE_SELECT = 107,       /**< sent by client */
    KN_TYPE_CASE_DIRECT = 108,       /**< sent by client */
    KN_TYPE_PROGRESS_REPORT = 109,   /**< sent by client */
    KN_TYPE_COMMITMENT_MAKE = 110,   /**< sent by client */
    KN_TYPE_COMMITMENT_KEEP = 111,   /**< sent by client */
    KN_TYPE_OPINION_SUBMIT = 112,    /**< sent by client */
    KN_TYPE_CASE_ERASE = 119,        /**< sent by client */
    KN_TYPE_CANDIDATE_DECIDE = 150,  /**< sent by client */
    KN_TYPE_CASE_SPLIT = 151,        /**< sent by client */
    KN_TYPE_GAP_SETTLE = 152,        /**< sent by control, client */
    KN_TYPE_CANDIDATE_FIND = 210,    /**< sent by client */
    KN_TYPE_CANDIDATE_LIST = 211,    /**< sent by hub */
    KN_TYPE_QUARANTINE_GET = 230,    /**< sent by client, control */
    KN_TYPE_QUARANTINE_VIEW = 231,   /**< sent by hub */
    KN_TYPE_QUARANTINE_SETTLE = 232, /**< sent by client, control */
    KN_TYPE_AGENT_GET = 233,         /**< sent by client, control */
    KN_TYPE_AGENT_VIEW = 234,        /**< sent by hub */
    KN_TYPE_ACL_TEST = 235,          /**< sent by client, control */
    KN_TYPE_ACL_VIEW = 236,          /**< sent by hub */
    KN_TYPE_DENIAL_GET = 237,        /**< sent by client, control */
    KN_TYPE_DENIAL_VIEW = 238,       /**< sent by hub */
    KN_TYPE_METRICS_GET = 239,       /**< sent by client, control */
    KN_TYPE_METRICS_VIEW = 240,      /**< sent by hub */
    KN_TYPE_ERASURE_GET = 241,       /**< sent by client, control */
    KN_TYPE_ERASURE_VIEW = 242,      /**< sent by hub */
};

/** First message of every connection. */
struct kn_hello {
    /** Lowest major version spoken. (required, 1..255) */
    int64_t version_min;
    /** Highest. (required, 1..255) */
    int64_t version_max;
    /** The outbox's instance: a new one whenever its sequence could go back. (required, 16 hex
     *  digits) */
    const char *instance;
    /** Program. (0..60 characters) */
    const char *program;
    /** Its version. (0..40 characters) */
    const char *program_version;
    /** The sequence that will be sent first: everything before it was answered finally. Absent:
     *  this client sends no numbered messages. (1..9007199254740991) */
    bool has_first_sequence;
    int64_t first_sequence;
    /** The last sequence that this outbox has given out, sent or not. The hub tells monitors
     *  when it does not come. (0..9007199254740991) */
    bool has_last_sequence;
    int64_t last_sequence;
};

/** The hub knows this identity. Only now may anything else be sent. */
struct kn_welcome {
    /** Major version spoken. (required, 1..255) */
    int64_t version;
    /** Who you are here. (required, 1..60 characters) */
    const char *agent;
    /** Your role. (required) */
    enum kn_role role;
    /** Agency: your unit. (0..60 characters) */
    const char *unit;
    /** Messages that you may have unacknowledged. (required, 1..4096) */
    int64_t window;
    /** Largest frame in bytes. (required, 1..1048576) */
    int64_t max_frame;
    /** Last sequence of your instance that was answered finally. If yours is behind it, start a
     *  new instance. (required, 0..9007199254740991) */
    int64_t last_sequence;
    /** The hub's clock. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t now;
    /** The store was made with a clock that may be moved: never for real use. */
    bool test_clock;
    /** Last event of the log. (required, 0..9007199254740991) */
    int64_t last_event;
    /** Hash of the last log entry: keep it as an anchor. (required, 64 hex digits) */
    const char *head;
};

/** Not let in, or the message is not one that this identity may send now. */
struct kn_deny {
    /** Why. (required) */
    enum kn_code code;
    /** The field at fault. (0..96 characters) */
    const char *field;
    /** In English words. (0..200 characters) */
    const char *reason;
    /** When trying again may help. (0..86400000) */
    bool has_retry_after_ms;
    int64_t retry_after_ms;
    /** What is denied: its request number, its subscription, or the sequence of a numbered
     *  message. (0..9007199254740991) */
    bool has_request;
    int64_t request;
};

/** Are you there? Any traffic counts as well. */
struct kn_ping {
    /** Given back. (required, 0..9007199254740991) */
    int64_t nonce;
};

/** Yes; and where the log stands, so that silence can be told from nothing new. */
struct kn_pong {
    /** The ping's. (required, 0..9007199254740991) */
    int64_t nonce;
    /** The hub's clock. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t now;
    /** Last event of the log. (required, 0..9007199254740991) */
    int64_t last_event;
    /** Hash of the last log entry. (required, 64 hex digits) */
    const char *head;
};

/** The sender goes away in order. */
struct kn_bye {
    /** Why. */
    enum kn_code code;
};

/** A document, meeting, feed run or SMS day and how many rows it has. May be said again with
 *  another count. */
struct kn_batch_declare {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Id of the batch: hash of what identifies it. (required, 32 hex digits) */
    const char *batch;
    /** Hash of the identity of the document, meeting, feed or inbox. (required, 32 hex digits) */
    const char *container;
    /** Code of the sources register. (required, 1..40 characters) */
    const char *source;
    /** Kind of source. (required) */
    enum kn_channel channel;
    /** How many rows the sender says there are. (required, 0..100000000) */
    int64_t declared;
    /** What people call it. (0..300 characters) */
    const char *title;
    /** Name of the file, for people. (0..200 characters) */
    const char *file;
    /** The meeting. */
    const struct kn_meeting *meeting;
    /** The document. */
    const struct kn_document *document;
    /** The document itself and what came with it, put before (file.put). (at most 16, private) */
    size_t n_attachments;
    const struct kn_attachment *attachments;
};

/** A row that the agent could not read: recorded by row, code and field, without its text. */
struct kn_row_refuse {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Batch. (required, 32 hex digits) */
    const char *batch;
    /** Container. (required, 32 hex digits) */
    const char *container;
    /** Identity within the container. (required, 1..64 characters) */
    const char *item;
    /** Row in its file. (0..100000000) */
    bool has_row;
    int64_t row;
    /** Sheet of its file, or table of a document, for people. (0..64 characters) */
    const char *sheet;
    /** Why. (required) */
    enum kn_code code;
    /** Field at fault. (0..60 characters) */
    const char *field;
};

/** One petition of a batch. Source key: channel, container and item; transport key: agent,
 *  instance and sequence. Both are kept for ever. */
struct kn_petition_submit {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Batch that counts it. (required, 32 hex digits) */
    const char *batch;
    /** Hash of the identity of the document, meeting, feed or inbox. (required, 32 hex digits) */
    const char *container;
    /** Identity within the container: the form's own number where unique, else content hash and
     *  ordinal. (required, 1..64 characters) */
    const char *item;
    /** Row in its file, for people. (0..100000000) */
    bool has_row;
    int64_t row;
    /** Sheet of its file, or table of a document, for people. (0..64 characters) */
    const char *sheet;
    /** Code of the sources register. (required, 1..40 characters) */
    const char *source;
    /** Kind of source. (required) */
    enum kn_channel channel;
    /** What was said. (required, private) */
    const struct kn_petition *petition;
};

/** The sender states that the content under a known source key changed. The old text stays on
 *  record. */
struct kn_petition_revise {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Batch. (required, 32 hex digits) */
    const char *batch;
    /** Container. (required, 32 hex digits) */
    const char *container;
    /** Item. (required, 1..64 characters) */
    const char *item;
    /** Row in its file. (0..100000000) */
    bool has_row;
    int64_t row;
    /** Sheet of its file, or table of a document, for people. (0..64 characters) */
    const char *sheet;
    /** What is said now. (required, private) */
    const struct kn_petition *petition;
};

/** The sender states that the document of `batch` (declared before) replaces that of `replaces`.
 *  Its rows have the container of the replaced document: those that are the same keep their
 *  cases, changed ones are revised, new ones stored, and those that are gone are withdrawn one
 *  by one. */
struct kn_document_replace {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** The batch of the new document. (required, 32 hex digits) */
    const char *batch;
    /** The batch of the document that no longer holds. (required, 32 hex digits) */
    const char *replaces;
    /** Why, in words of the sender. (0..500 characters, private) */
    const char *reason;
};

/** The sender takes a document back. Its petitions are withdrawn one by one beside it; nothing
 *  is deleted. */
struct kn_document_withdraw {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Batch. (required, 32 hex digits) */
    const char *batch;
    /** Why, in words of the sender. (0..500 characters, private) */
    const char *reason;
};

/** The sender takes back what is stored under a known source key. The case keeps its code and
 *  its history; a person decides what follows. */
struct kn_petition_withdraw {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Batch. (required, 32 hex digits) */
    const char *batch;
    /** Container. (required, 32 hex digits) */
    const char *container;
    /** Item. (required, 1..64 characters) */
    const char *item;
    /** Why, in words of the sender. (0..500 characters, private) */
    const char *reason;
};

/** The unit has saved the assignment in its own store and takes it on. */
struct kn_assignment_accept {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Number of the assignment. (required, 1..10000) */
    int64_t assignment;
    /** When it was really done, where that is earlier than it is said (an outbox that was
     *  offline, a document that was on its way). Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
};

/** Not within the unit's competence. */
struct kn_assignment_return {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Number of the assignment. (required, 1..10000) */
    int64_t assignment;
    /** The unit that should have it. (0..60 characters) */
    const char *proposed_unit;
    /** Why. (required, 1..500 characters, private) */
    const char *reason;
    /** When it was really done, where that is earlier than it is said (an outbox that was
     *  offline, a document that was on its way). Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
};

/** One answer for one case; the same document may answer many. */
struct kn_answer_submit {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Result class. (required) */
    enum kn_result result;
    /** Answering document. */
    const struct kn_document *document;
    /** II.1: promised day, YYYY-MM-DD. (10 characters) */
    const char *promised_on;
    /** What is said to the voter. (required, 1..16000 characters, private) */
    const char *text;
    /** Answers a part; the case goes on. */
    bool partial;
    /** Which part of the petition it answers. (0..300 characters) */
    const char *span;
    /** What the unit checked. */
    const struct kn_checklist *checklist;
    /** Files that belong to it, put before (file.put). (at most 16, private) */
    size_t n_attachments;
    const struct kn_attachment *attachments;
    /** When it was really done, where that is earlier than it is said (an outbox that was
     *  offline, a document that was on its way). Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
};

/** A ruling: this unit is competent. */
struct kn_case_assign {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Unit. (required, 1..60 characters) */
    const char *unit;
    /** Rule or ruling. (0..200 characters) */
    const char *basis;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
    /** Lead (as when absent) or partner. */
    enum kn_assignment_role role;
    /** A ruling after returns: the unit cannot return it again. Needs an approver. */
    bool ruling;
};

/** Take an answer, or send it back to the unit. */
struct kn_answer_review {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Taken; absent: sent back. */
    bool accepted;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** What somebody found on the spot. */
struct kn_case_verify {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The verdict. (required) */
    enum kn_verification verification;
    /** Where. (0..200 characters) */
    const char *place;
    /** What was seen. (0..500 characters, private) */
    const char *evidence;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
    /** Files that belong to it, put before (file.put). (at most 16, private) */
    size_t n_attachments;
    const struct kn_attachment *attachments;
    /** When it was really done, where that is earlier than it is said (an outbox that was
     *  offline, a document that was on its way). Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
};

/** Put a case into the public register, or take it out. */
struct kn_case_publish {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The new state. (required) */
    enum kn_publication publication;
    /** The approved, de-identified text. (0..4000 characters, private) */
    const char *text;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** A person says that two cases are one matter. */
struct kn_case_link {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The case it is linked to. (required, 8..24 characters) */
    const char *parent;
    /** How. (required) */
    enum kn_link_kind link;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** The link was wrong; the case goes its own way again. What was linked is not proposed again. */
struct kn_case_unlink {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The related case; absent: the one that it is linked to. (8..24 characters) */
    const char *parent;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** The answer to one numbered message, sent after the commit. */
struct kn_receipt {
    /** The message's. (required, 1..9007199254740991) */
    int64_t sequence;
    /** The answer. (required) */
    enum kn_verdict verdict;
    /** Case code. (0..24 characters) */
    const char *case_;
    /** Sequence of the first event that it caused. (0..9007199254740991) */
    bool has_event;
    int64_t event;
    /** Why refused or deferred. */
    enum kn_code code;
    /** The field at fault. (0..96 characters) */
    const char *field;
    /** In words, and what would be legal. (0..300 characters) */
    const char *reason;
    /** Deferred: when to send again. (0..86400000) */
    bool has_retry_after_ms;
    int64_t retry_after_ms;
    /** Deferred as out_of_order: the sequence to go on with. (0..9007199254740991) */
    bool has_expected;
    int64_t expected;
};

/** Start a durable subscription. Streams: all, agency/UNIT, alerts, source/AGENT, public. */
struct kn_stream_open {
    /** Number chosen by the client for this connection. (required, 1..1000000) */
    int64_t subscription;
    /** Stream. (required, 1..80 characters) */
    const char *stream;
    /** Name of the durable cursor. (required, 1..60 characters) */
    const char *consumer;
    /** Start behind this position; absent: behind the saved one. (0..9007199254740991) */
    bool has_after;
    int64_t after;
    /** Events that may be in flight. (required, 1..1000000) */
    int64_t credit_events;
    /** Bytes that may be in flight. (required, 1..1073741824) */
    int64_t credit_bytes;
    /** Start at the first event of this instant or later; instead of `after`. Milliseconds since
     *  1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_since;
    int64_t since;
};

/** The subscription runs. */
struct kn_stream_opened {
    /** The client's number. (required, 1..1000000) */
    int64_t subscription;
    /** Stream. (required, 1..80 characters) */
    const char *stream;
    /** Events come behind this position. (required, 0..9007199254740991) */
    int64_t after;
    /** Last position of the stream now. (required, 0..9007199254740991) */
    int64_t last;
};

/** More events and bytes may be in flight. */
struct kn_stream_credit {
    /** The client's number. (required, 1..1000000) */
    int64_t subscription;
    /** More events. (0..1000000) */
    bool has_events;
    int64_t events;
    /** More bytes. (0..1073741824) */
    bool has_bytes;
    int64_t bytes;
};

/** Everything up to this position is safe with the consumer. */
struct kn_stream_save {
    /** The client's number. (required, 1..1000000) */
    int64_t subscription;
    /** Position in the stream. (required, 0..9007199254740991) */
    int64_t position;
};

/** 1 to n consecutive events of a stream: positions first, first+1, … */
struct kn_events {
    /** The client's number; 0 on the tap. (required, 0..1000000) */
    int64_t subscription;
    /** Position of the first. (required, 1..9007199254740991) */
    int64_t first;
    /** The events. (required, at most 512) */
    size_t n_events;
    const struct kn_event *events;
    /** One event that was refused before, given again on an operator's word; its position is not
     *  the next one. Answer with event.take or event.refuse. */
    bool again;
};

/** The subscription ended. */
struct kn_stream_closed {
    /** The client's number. (required, 1..1000000) */
    int64_t subscription;
    /** Why. (required) */
    enum kn_code code;
};

/** The consumer cannot take this event, now or ever. The hub keeps it in quarantine; the stream
 *  goes on. */
struct kn_event_refuse {
    /** The client's number. (required, 1..1000000) */
    int64_t subscription;
    /** Position in the stream. (required, 0..9007199254740991) */
    int64_t position;
    /** Why. (required) */
    enum kn_code code;
    /** Why, in words. (0..200 characters, private) */
    const char *reason;
};

/** The event that was given again is safe with the consumer: it leaves the quarantine. */
struct kn_event_take {
    /** The client's number. (required, 1..1000000) */
    int64_t subscription;
    /** Position in the stream. (required, 0..9007199254740991) */
    int64_t position;
};

/** What the consumer said of one event (event.refuse, event.take) is on the disk. */
struct kn_event_kept {
    /** The client's number. (required, 1..1000000) */
    int64_t subscription;
    /** Position in the stream. (required, 0..9007199254740991) */
    int64_t position;
};

/** One case with its history. */
struct kn_case_get {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Explain every date in words. */
    bool explain;
};

/** The case, its content where the role may see it, and its events, oldest first. */
struct kn_case_view {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** The case. (required) */
    const struct kn_case *case_;
    /** Whether the content stands beside. */
    enum kn_content_state content_state;
    /** The content. (private) */
    const struct kn_petition *petition;
    /** Its events, oldest first; the latest when there are more. (at most 128) */
    size_t n_events;
    const struct kn_event *events;
    /** There are older events. */
    bool more;
    /** Its dates in words, when asked for. (at most 40) */
    size_t n_explanations;
    const struct kn_explanation *explanations;
    /** Cases that are linked to this one, raise it again or were split from it: the first
     *  hundred. (at most 100) */
    size_t n_related;
    const struct kn_relation *related;
};

/** Cases by state, unit, field, area, batch; newest first. */
struct kn_case_find {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Flow. */
    enum kn_flow flow;
    /** Accountable unit. (0..60 characters) */
    const char *unit;
    /** Field. (0..40 characters) */
    const char *field;
    /** Area. (0..40 characters) */
    const char *area;
    /** Tier of the answer clock. */
    enum kn_tier tier;
    /** Batch. (32 hex digits) */
    const char *batch;
    /** Only case numbers below this one: for the next page. (0..9007199254740991) */
    bool has_before;
    int64_t before;
    /** How many. (1..200) */
    bool has_limit;
    int64_t limit;
    /** Words of the petition: all of them, wherever they stand; what is between quotation marks
     *  stands together. Without marks they find every spelling. Looks at some hundred petitions
     *  a request: go on with `before`. (0..200 characters, private) */
    const char *text;
    /** Code of the sources register. (0..40 characters) */
    const char *source;
    /** Axis 3. */
    enum kn_verification verification;
    /** Axis 4. */
    enum kn_satisfaction satisfaction;
    /** Axis 6. */
    enum kn_oversight oversight;
    /** Axis 7. */
    enum kn_publication publication;
    /** In this oversight docket. (0..40 characters) */
    const char *docket;
    /** Brought by a meeting of this deputies' group. (0..100 characters) */
    const char *group;
    /** Received then or later. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_received_from;
    int64_t received_from;
    /** Received before then. Milliseconds since 1970-01-01T00:00:00Z. (0..253402300799999) */
    bool has_received_to;
    int64_t received_to;
};

/** The cases found. */
struct kn_case_list {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** The cases. (required, at most 200) */
    size_t n_cases;
    const struct kn_case *cases;
    /** There are more below this number. (0..9007199254740991) */
    bool has_more_before;
    int64_t more_before;
};

/** One batch with its rows, or the latest batches. */
struct kn_batch_get {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Id; absent: the latest batches. (32 hex digits) */
    const char *batch;
    /** Rows behind this item: for the next page. (0..64 characters) */
    const char *after;
    /** How many. (1..500) */
    bool has_limit;
    int64_t limit;
};

/** The batch and its rows, or the latest batches. */
struct kn_batch_view {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** One batch, or the latest. (required, at most 200) */
    size_t n_batches;
    const struct kn_batch *batches;
    /** Rows of the one batch. (at most 500) */
    size_t n_rows;
    const struct kn_row *rows;
    /** There are more rows behind this item. (0..64 characters) */
    const char *more_after;
    /** Files of the one batch's document; each is got as one of a case of the batch. (at most
     *  16, private) */
    size_t n_attachments;
    const struct kn_attachment *attachments;
};

/** How the hub is. */
struct kn_status_get {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
};

/** How the hub is. */
struct kn_status_view {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Version of the hub. (required, 1..40 characters) */
    const char *version;
    /** The hub's clock. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t now;
    /** Start of the process. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t started_at;
    /** The clock may be moved: never for real use. */
    bool test_clock;
    /** No intake: going down in order. */
    bool draining;
    /** The store takes nothing now. */
    bool read_only;
    /** Last event of the log. (required, 0..9007199254740991) */
    int64_t last_event;
    /** Hash of the last log entry. (required, 64 hex digits) */
    const char *head;
    /** Version of the registers. (16 hex digits) */
    const char *registers;
    /** Figures. (required, at most 200) */
    size_t n_counts;
    const struct kn_count *counts;
    /** Durable readers. (required, at most 200) */
    size_t n_consumers;
    const struct kn_consumer *consumers;
    /** What is above 80 % or wrong: map, disk, descriptors, memory, storage, quarantine, clock,
     *  gap. (at most 20, 0..40 characters) */
    size_t n_alarms;
    const char *const *alarms;
};

/** Let a key in with a role. Control socket, or an operator. */
struct kn_agent_admit {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** The identity. (required) */
    const struct kn_agent *agent;
};

/** Never let this identity in again until admitted anew. */
struct kn_agent_revoke {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** The identity. (required, 1..60 characters) */
    const char *agent;
    /** Why. (0..200 characters) */
    const char *reason;
};

/** Only in a store made with a test clock. */
struct kn_clock_move {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** The new time, not before the present one. Milliseconds since 1970-01-01T00:00:00Z.
     *  (required, 0..253402300799999) */
    int64_t to;
};

/** Take no more intake, finish what runs, then stop. */
struct kn_hub_drain {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
};

/** Rewrite the store's file without old copies of pages: what was erased is gone from the file. */
struct kn_hub_compact {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
};

/** The reading stage's record of what a petition says; the decider applies thresholds and vetoes
 *  to it. */
struct kn_reading_propose {
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Code of the fields register. (0..40 characters) */
    const char *field;
    /** Thousandths. (0..1000) */
    bool has_field_score;
    int64_t field_score;
    /** Runner-up. (0..40 characters) */
    const char *second_field;
    /** Id of the areas register. (0..40 characters) */
    const char *area;
    /** Places named. (at most 32) */
    size_t n_places;
    const struct kn_place *places;
    /** Earlier cases that may say the same, best first. (at most 8) */
    size_t n_candidates;
    const struct kn_candidate *candidates;
    /** Version of the reader and its lexicons. (0..40 characters) */
    const char *reading;
    /** Doubts: wrong encoding, several demands, … (at most 8, 0..40 characters) */
    size_t n_flags;
    const char *const *flags;
    /** The text says itself that it was raised before. */
    bool says_again;
    /** Version of the registers, the gazetteer among them. (16 hex digits) */
    const char *registers;
};

/** The hub's clock passed an instant at which something falls due. */
struct kn_clock_tick {
    /** The new time. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t now;
    /** Cases with a clock that falls due. (at most 512, 0..24 characters) */
    size_t n_cases;
    const char *const *cases;
};

/** A version of the registers came into force. */
struct kn_register_load {
    /** Version. (required, 16 hex digits) */
    const char *registers;
};

/** An agent has messages that do not come, or they came. The hub itself says so: decided like
 *  everything else, and on record. */
struct kn_agent_gap {
    /** The identity. (required, 1..60 characters) */
    const char *agent;
    /** Instance of its outbox. (required, 16 hex digits) */
    const char *instance;
    /** The first that is missing. (required, 1..9007199254740991) */
    int64_t first;
    /** The last that is known of. (required, 1..9007199254740991) */
    int64_t last;
    /** Since when it is known. Milliseconds since 1970-01-01T00:00:00Z. (required,
     *  0..253402300799999) */
    int64_t since;
    /** All of them have arrived, or were answered without a trace. */
    bool closed;
};

/** The registers changed, or a unit ended: running clocks are dated anew, and a unit that has
 *  ended hands its open assignments to its successor. */
struct kn_clock_review {
    /** The time. Milliseconds since 1970-01-01T00:00:00Z. (required, 0..253402300799999) */
    int64_t now;
    /** Open cases to be looked at. (at most 512, 0..24 characters) */
    size_t n_cases;
    const char *const *cases;
};

/** One piece of a file, or, without `data`, the question how much of it the hub has. Pieces
 *  follow each other without a gap; a file belongs to nobody until a message names its digest. */
struct kn_file_put {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** SHA-256 of the whole file. (required, 64 hex digits) */
    const char *digest;
    /** Bytes of the whole file. (required, 0..1099511627776) */
    int64_t size;
    /** Where the piece begins. (0..1099511627776) */
    bool has_offset;
    int64_t offset;
    /** Base64 (RFC 4648, padded) of at most 45,000 bytes. (0..60000 characters, private) */
    const char *data;
};

/** How much of a file the hub has; go on from there. */
struct kn_file_state {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** SHA-256 of the whole file. (required, 64 hex digits) */
    const char *digest;
    /** Bytes that are there. (required, 0..1099511627776) */
    int64_t received;
    /** The file is whole, checked and on the disk. (required) */
    bool complete;
    /** Media type by its content, when complete. (0..100 characters) */
    const char *media_type;
};

/** One piece of a file that belongs to a case which the asker may see with its content. */
struct kn_file_get {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** SHA-256 of the whole file. (required, 64 hex digits) */
    const char *digest;
    /** Where the piece begins. (0..1099511627776) */
    bool has_offset;
    int64_t offset;
};

/** A piece of a file; the last one ends at `size`. */
struct kn_file_part {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** SHA-256 of the whole file. (required, 64 hex digits) */
    const char *digest;
    /** Bytes of the whole file. (required, 0..1099511627776) */
    int64_t size;
    /** Where the piece begins. (required, 0..1099511627776) */
    int64_t offset;
    /** Base64 (RFC 4648, padded) of at most 45,000 bytes. (required, 0..60000 characters,
     *  private) */
    const char *data;
};

/** The case is no petition by law, or cannot wait: it leaves for its own channel, and counts as
 *  ended, never as resolved. */
struct kn_case_divert {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The channel. (required) */
    enum kn_diversion diversion;
    /** Receipt number of the receiving channel. (required, 1..60 characters) */
    const char *receipt;
    /** Who received it. (0..200 characters) */
    const char *receiver;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** The petition is not taken up. Needs an approver; the voter hears the ground. */
struct kn_case_reject {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The ground. (required) */
    enum kn_reject_ground ground;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** Said by a clerk it decides; said by the lead unit it is a request on record. The pause ends
 *  by itself on its last day. */
struct kn_case_pause {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The ground. (required) */
    enum kn_pause_ground ground;
    /** Last day of the pause, YYYY-MM-DD; at most as long as stage `pause` of the deadlines
     *  register allows. (required, 10 characters) */
    const char *until;
    /** Decision or rule. (0..200 characters) */
    const char *basis;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** The answer clock goes on; its due date moves by the days of the pause, and both dates stay
 *  visible. */
struct kn_case_resume {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** Within the window of stage `reopen` of the deadlines register; later it is a new petition
 *  (tái kiến nghị). A diverted or rejected case is reopened by an approver when that was wrong. */
struct kn_case_reopen {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Why. (required, 1..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** The unit is reminded in somebody's name; the hub numbers reminders within the case. */
struct kn_case_remind {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The letter of reminder. */
    const struct kn_document *document;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** Axis 4. From an intake agent it is the voter's own word on a petition that this agent
 *  brought; dissatisfied within the window of stage `reopen`, the case (or the one it is linked
 *  to) is open again. */
struct kn_case_satisfaction {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** What the voter says. (required) */
    enum kn_satisfaction satisfaction;
    /** The voter's words. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
    /** When it was really done, where that is earlier than it is said (an outbox that was
     *  offline, a document that was on its way). Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
};

/** Axis 6. The decision is recorded with its maker; a case may be in several dockets. */
struct kn_case_select {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The docket's code, such as GS-2026-03. (required, 1..40 characters) */
    const char *docket;
    /** What is done about it; none: it leaves the docket. (required) */
    enum kn_oversight oversight;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** What a party committee, the Standing Committee or the People's Committee directed. */
struct kn_case_direct {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Who directs. (required, 1..200 characters) */
    const char *body;
    /** The directing document. */
    const struct kn_document *document;
    /** By when, YYYY-MM-DD: becomes a commitment. (10 characters) */
    const char *due_on;
    /** What is directed. (required, 1..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** A unit of the case tells how far it is. Changes no clock. */
struct kn_progress_report {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Number of the assignment. (1..10000) */
    bool has_assignment;
    int64_t assignment;
    /** What was done. (required, 1..2000 characters, private) */
    const char *text;
    /** When it was really done, where that is earlier than it is said (an outbox that was
     *  offline, a document that was on its way). Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
};

/** By the lead unit; or, as the conclusion of an oversight docket, by those who hold it. */
struct kn_commitment_make {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** The promised day, YYYY-MM-DD. (required, 10 characters) */
    const char *promised_on;
    /** The docket whose conclusion it is. (0..40 characters) */
    const char *docket;
    /** What is promised. (required, 1..2000 characters, private) */
    const char *text;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** The unit says that a promise is kept; whether it is so is for the verification. */
struct kn_commitment_keep {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Number of the commitment. (required, 1..10000) */
    int64_t commitment;
    /** What was done. (required, 1..2000 characters, private) */
    const char *text;
    /** When it was really done, where that is earlier than it is said (an outbox that was
     *  offline, a document that was on its way). Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
};

/** Stops the partner's own clock; the answer stays the lead's. */
struct kn_opinion_submit {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Case code. (required, 8..24 characters) */
    const char *case_;
    /** Number of the assignment. (required, 1..10000) */
    int64_t assignment;
    /** The opinion. (required, 1..16000 characters, private) */
    const char *text;
    /** The document. */
    const struct kn_document *document;
    /** When it was really done, where that is earlier than it is said (an outbox that was
     *  offline, a document that was on its way). Milliseconds since 1970-01-01T00:00:00Z.
     *  (0..253402300799999) */
    bool has_acted_at;
    int64_t acted_at;
};

/** The voter asks for it, or a period ended: name, phone, address and texts of the case are
 *  deleted; code, course and figures stay. */
struct kn_case_erase {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** Code of the case. (required, 1..24 characters) */
    const char *case_;
    /** Legal basis or period. (0..200 characters) */
    const char *basis;
    /** On whose behalf a clerk acts. (0..200 characters) */
    const char *on_behalf;
};

/** A person says that two cases are one matter (same: linked, or related when the earlier one
 *  has ended or the later one says that it came back), are not (different: never proposed
 *  again), or takes either back (open). */
struct kn_candidate_decide {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** The later case. (required, 8..24 characters) */
    const char *case_;
    /** The earlier case. (required, 8..24 characters) */
    const char *earlier;
    /** What they are; open: undo. (required) */
    enum kn_candidate_state decision;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** One demand of a petition that holds several becomes a case of its own, with its own code; the
 *  petition stays whole under its old one. Undone by linking the part back. */
struct kn_case_split {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** The case that is split. (required, 8..24 characters) */
    const char *case_;
    /** The demand, word for word as the petition has it. (required, 1..16000 characters,
     *  private) */
    const char *text;
    /** Its field: a code or a name of the fields register; absent: by its words. (0..100
     *  characters) */
    const char *field;
    /** Its place: ward or commune, or a code of the areas register; absent: by its words, or as
     *  the petition has it. (0..200 characters) */
    const char *area;
    /** Why. (0..500 characters, private) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** What is missing of an agent will not come any more, because its outbox is lost: a person
 *  looked after it, by importing again or by asking. */
struct kn_gap_settle {
    /** Transport sequence of this agent's instance, from 1, without a gap. (required,
     *  1..9007199254740991) */
    int64_t sequence;
    /** The identity. (required, 1..60 characters) */
    const char *agent;
    /** Instance of the outbox; absent: all of the agent's. (16 hex digits) */
    const char *instance;
    /** What was done about it. (0..200 characters) */
    const char *reason;
    /** On whose behalf the act is done. (0..120 characters) */
    const char *on_behalf;
};

/** Pairs of cases that may be one matter, oldest first, with texts where the role may see them. */
struct kn_candidate_find {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Only these; absent: open. */
    enum kn_candidate_state state;
    /** Only pairs of this case. (8..24 characters) */
    const char *case_;
    /** The page behind this mark (more_after). (0..60 characters) */
    const char *after;
    /** How many. (1..200) */
    bool has_limit;
    int64_t limit;
};

/** The pairs found. */
struct kn_candidate_list {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** The pairs. (required, at most 200) */
    size_t n_pairs;
    const struct kn_candidate_view *pairs;
    /** There are more: ask for those behind this mark. (0..60 characters) */
    const char *more_after;
};

/** Which events consumers refused. */
struct kn_quarantine_get {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Only this one. (0..9007199254740991) */
    bool has_number;
    int64_t number;
    /** Behind this number. (0..9007199254740991) */
    bool has_after;
    int64_t after;
    /** How many. (1..100) */
    bool has_limit;
    int64_t limit;
};

/** Events that consumers refused. */
struct kn_quarantine_view {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Events, by number. (required, at most 100) */
    size_t n_items;
    const struct kn_quarantined *items;
    /** There are more, behind this number. (0..9007199254740991) */
    bool has_more_after;
    int64_t more_after;
};

/** Retry or drop. Answered by the view of what is left of it. */
struct kn_quarantine_settle {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Its number in the quarantine. (required, 0..9007199254740991) */
    int64_t number;
    /** What becomes of it. (required) */
    enum kn_settlement settlement;
};

/** Who may talk to the hub. */
struct kn_agent_get {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Only this one. (0..60 characters) */
    const char *agent;
    /** Behind this name. (0..60 characters) */
    const char *after;
};

/** Who may talk to the hub. */
struct kn_agent_view {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Identities, by name. (required, at most 100) */
    size_t n_agents;
    const struct kn_agent *agents;
    /** There are more, behind this name. (0..60 characters) */
    const char *more_after;
};

/** May this identity say this message, or read this stream? */
struct kn_acl_test {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** The identity. (required, 1..60 characters) */
    const char *agent;
    /** Name of a message. (0..60 characters) */
    const char *verb;
    /** Name of a stream. (0..80 characters) */
    const char *stream;
};

/** The answer of the table that judges each frame. */
struct kn_acl_view {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** It may. (required) */
    bool allowed;
    /** It gets texts and persons with it. */
    bool persons;
    /** Why not, in words. (0..300 characters) */
    const char *reason;
};

/** Who was turned away. */
struct kn_denial_get {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Behind this number. (0..9007199254740991) */
    bool has_after;
    int64_t after;
    /** How many. (1..200) */
    bool has_limit;
    int64_t limit;
};

/** Who was turned away. */
struct kn_denial_view {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Denials, by number. (required, at most 200) */
    size_t n_denials;
    const struct kn_denial *denials;
    /** There are more, behind this number. (0..9007199254740991) */
    bool has_more_after;
    int64_t more_after;
};

/** Figures in the text format of Prometheus. */
struct kn_metrics_get {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
};

/** Figures in the text format of Prometheus. */
struct kn_metrics_view {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** The exposition, version 0.0.4. (required, 0..60000 characters) */
    const char *text;
};

/** Who has not confirmed an erasure. */
struct kn_erasure_get {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Only this one. (0..24 characters) */
    const char *case_;
    /** Behind this event. (0..9007199254740991) */
    bool has_after;
    int64_t after;
    /** How many. (1..50) */
    bool has_limit;
    int64_t limit;
};

/** Erased cases, and who has not confirmed. */
struct kn_erasure_view {
    /** Number chosen by the asker, given back. (required, 0..9007199254740991) */
    int64_t request;
    /** Erasures, by event. (required, at most 50) */
    size_t n_erasures;
    const struct kn_erasure *erasures;
    /** There are more, behind this event. (0..9007199254740991) */
    bool has_more_after;
    int64_t more_after;
};

/* ---- Names of the schemas and enums, for the generic functions of message.h ------------------- */

/** Every object schema. */
enum kn_schema {
    KN_SCHEMA_NONE = 0,
    KN_SCHEMA_ACL_TEST,
    KN_SCHEMA_ACL_VIEW,
    KN_SCHEMA_AGENT_ADMIT,
    KN_SCHEMA_AGENT_GAP,
    KN_SCHEMA_AGENT_GET,
    KN_SCHEMA_AGENT,
    KN_SCHEMA_AGENT_REVOKE,
    KN_SCHEMA_AGENT_VIEW,
    KN_SCHEMA_ANSWER,
    KN_SCHEMA_ANSWER_REVIEW,
    KN_SCHEMA_ANSWER_SUBMIT,
    KN_SCHEMA_ASSIGNMENT_ACCEPT,
    KN_SCHEMA_ASSIGNMENT,
    KN_SCHEMA_ASSIGNMENT_RETURN,
    KN_SCHEMA_ATTACHMENT,
    KN_SCHEMA_BATCH_DECLARE,
    KN_SCHEMA_BATCH_GET,
    KN_SCHEMA_BATCH,
    KN_SCHEMA_BATCH_VIEW,
    KN_SCHEMA_BYE,
    KN_SCHEMA_CANDIDATE_DECIDE,
    KN_SCHEMA_CANDIDATE_FIND,
    KN_SCHEMA_CANDIDATE,
    KN_SCHEMA_CANDIDATE_LIST,
    KN_SCHEMA_CANDIDATE_PAIR,
    KN_SCHEMA_CANDIDATE_SIDE,
    KN_SCHEMA_CANDIDATE_VIEW,
    KN_SCHEMA_CASE_ASSIGN,
    KN_SCHEMA_CASE_DIRECT,
    KN_SCHEMA_CASE_DIVERT,
    KN_SCHEMA_CASE_ERASE,
    KN_SCHEMA_CASE_FIND,
    KN_SCHEMA_CASE_GET,
    KN_SCHEMA_CASE,
    KN_SCHEMA_CASE_LINK,
    KN_SCHEMA_CASE_LIST,
    KN_SCHEMA_CASE_PAUSE,
    KN_SCHEMA_CASE_PUBLISH,
    KN_SCHEMA_CASE_REJECT,
    KN_SCHEMA_CASE_REMIND,
    KN_SCHEMA_CASE_REOPEN,
    KN_SCHEMA_CASE_RESUME,
    KN_SCHEMA_CASE_SATISFACTION,
    KN_SCHEMA_CASE_SELECT,
    KN_SCHEMA_CASE_SPLIT,
    KN_SCHEMA_CASE_UNLINK,
    KN_SCHEMA_CASE_VERIFY,
    KN_SCHEMA_CASE_VIEW,
    KN_SCHEMA_CHECKLIST,
    KN_SCHEMA_CLOCK,
    KN_SCHEMA_CLOCK_MOVE,
    KN_SCHEMA_CLOCK_REVIEW,
    KN_SCHEMA_CLOCK_TICK,
    KN_SCHEMA_COMMITMENT,
    KN_SCHEMA_COMMITMENT_KEEP,
    KN_SCHEMA_COMMITMENT_MAKE,
    KN_SCHEMA_CONSUMER,
    KN_SCHEMA_CONTENT,
    KN_SCHEMA_COUNT,
    KN_SCHEMA_DENIAL_GET,
    KN_SCHEMA_DENIAL,
    KN_SCHEMA_DENIAL_VIEW,
    KN_SCHEMA_DENY,
    KN_SCHEMA_DETAIL,
    KN_SCHEMA_DOCUMENT,
    KN_SCHEMA_DOCUMENT_REPLACE,
    KN_SCHEMA_DOCUMENT_WITHDRAW,
    KN_SCHEMA_ERASURE_GET,
    KN_SCHEMA_ERASURE,
    KN_SCHEMA_ERASURE_VIEW,
    KN_SCHEMA_EVENT,
    KN_SCHEMA_EVENT_KEPT,
    KN_SCHEMA_EVENT_REFUSE,
    KN_SCHEMA_EVENT_TAKE,
    KN_SCHEMA_EVENTS,
    KN_SCHEMA_EXPLANATION,
    KN_SCHEMA_FILE_GET,
    KN_SCHEMA_FILE_PART,
    KN_SCHEMA_FILE_PUT,
    KN_SCHEMA_FILE_STATE,
    KN_SCHEMA_GAP,
    KN_SCHEMA_GAP_SETTLE,
    KN_SCHEMA_HELLO,
    KN_SCHEMA_HUB_COMPACT,
    KN_SCHEMA_HUB_DRAIN,
    KN_SCHEMA_LIMITS,
    KN_SCHEMA_MEETING,
    KN_SCHEMA_METRICS_GET,
    KN_SCHEMA_METRICS_VIEW,
    KN_SCHEMA_NUMBERED,
    KN_SCHEMA_OPINION_SUBMIT,
    KN_SCHEMA_PERSON,
    KN_SCHEMA_PETITION,
    KN_SCHEMA_PETITION_REVISE,
    KN_SCHEMA_PETITION_SUBMIT,
    KN_SCHEMA_PETITION_WITHDRAW,
    KN_SCHEMA_PING,
    KN_SCHEMA_PLACE,
    KN_SCHEMA_PONG,
    KN_SCHEMA_PROGRESS_REPORT,
    KN_SCHEMA_QUARANTINE_GET,
    KN_SCHEMA_QUARANTINE_SETTLE,
    KN_SCHEMA_QUARANTINE_VIEW,
    KN_SCHEMA_QUARANTINED,
    KN_SCHEMA_READING_PROPOSE,
    KN_SCHEMA_RECEIPT,
    KN_SCHEMA_REGISTER_LOAD,
    KN_SCHEMA_RELATION,
    KN_SCHEMA_ROW,
    KN_SCHEMA_ROW_REFUSE,
    KN_SCHEMA_SELECTION,
    KN_SCHEMA_SEQUENCE,
    KN_SCHEMA_STATUS_GET,
    KN_SCHEMA_STATUS_VIEW,
    KN_SCHEMA_STREAM_CLOSED,
    KN_SCHEMA_STREAM_CREDIT,
    KN_SCHEMA_STREAM_OPEN,
    KN_SCHEMA_STREAM_OPENED,
    KN_SCHEMA_STREAM_SAVE,
    KN_SCHEMA_WELCOME,
};

/** Every enum schema. */
enum kn_enum {
    KN_ENUM_NONE = 0,
    KN_ENUM_ASSIGNMENT_ROLE,
    KN_ENUM_CANDIDATE_STATE,
    KN_ENUM_CHANNEL,
    KN_ENUM_CLOCK_KIND,
    KN_ENUM_CODE,
    KN_ENUM_CONTENT_STATE,
    KN_ENUM_DENIAL_REASON,
    KN_ENUM_DIVERSION,
    KN_ENUM_EVENT_KIND,
    KN_ENUM_FLOW,
    KN_ENUM_LINK_KIND,
    KN_ENUM_MATCH_VERDICT,
    KN_ENUM_OVERSIGHT,
    KN_ENUM_PAUSE_GROUND,
    KN_ENUM_PUBLICATION,
    KN_ENUM_REJECT_GROUND,
    KN_ENUM_RESULT,
    KN_ENUM_ROLE,
    KN_ENUM_SATISFACTION,
    KN_ENUM_SETTLEMENT,
    KN_ENUM_TIER,
    KN_ENUM_VERDICT,
    KN_ENUM_VERIFICATION,
};

/* clang-format on */

#ifdef __cplusplus
}
#endif
#endif
