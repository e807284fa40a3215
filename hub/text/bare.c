/* bare.c - names of areas without a type word: "Cử tri Tây Mỗ", "(Sơn Trà)", "tổ 5 Hòa Bình".
 *
 * A known name counts only in a context that says so. What it then is (a ward, a district) is told
 * by the gazetteer, the day and what stands around it.
 */
#include "hub/text/bare.h"

/* Whether a district stands at I: "huyện Nghi Lộc", "(huyện Nghi Lộc)", "(Nghi Lộc)". */
static bool in_district(const struct scan *s, size_t i)
{
    if (i >= s->in->n_tokens || scan_gap(s, i) > GAP_OPEN || scan_gap(s, i) == GAP_DASH)
        return false;
    const struct type_word *word = scan_type_word(s, i);
    if (word != NULL && (word->type == PLACE_DISTRICT || word->type == TYPE_CITY))
        return scan_has(s, i + word->n_words, TOKEN_CAPITAL);
    size_t run = scan_gap(s, i) == GAP_OPEN ? scan_capitals(s, i) : 0;
    enum gap behind = scan_gap(s, i + run); /* "(Nghi Lộc):" stops, "(Nghi Lộc, Nghệ An)" goes on */
    return run > 1 && scan_known(s, i, run, PLACE_DISTRICT) != NULL &&
           (behind == GAP_COMMA || behind >= GAP_CLOSE);
}

/* Whether what stands at I goes on to a ward in a district: "nối Quỳnh Văn với Quỳnh Thạch (huyện
 * Quỳnh Lưu)". */
static bool before_in_district(const struct scan *s, size_t i)
{
    size_t on = scan_goes_on(s, i), run = on > 0 ? scan_capitals(s, on) : 0;
    return run > 1 && scan_known(s, on, run, PLACE_WARD) != NULL && in_district(s, on + run);
}

/* Whether the name at I begins as persons' names do: "Nguyễn Trãi" is a ward and many streets. */
static bool is_person(const struct scan *s, size_t i)
{
    static const char *const first[] = {
        "nguyen", "tran",  "le", "pham",  "huynh",  "phan",  "vo",    "vu",   "dang", "bui",
        "ngo",    "duong", "ly", "trinh", "truong", "luong", "quang", "hung", "hai"};
    for (size_t k = 0; k < sizeof first / sizeof *first; k++)
        if (strcmp(scan_token(s, i)->key, first[k]) == 0)
            return true;
    return false;
}

/* Context of a bare name at I: 2 strong (says who speaks), 1 weak, 0 none. */
static int context_of(const struct scan *s, size_t i, size_t n)
{
    if (i > 0 && scan_gap(s, i) <= GAP_SPACE) {
        for (size_t back = 1; back <= 3 && back <= i; back++) {
            const struct type_word *word = scan_context(s, i - back, back);
            if (word != NULL)
                return word->grammar == GRAMMAR_STRONG ? 2 : 1;
        }
    }
    enum gap before = scan_gap(s, i), after = scan_gap(s, i + n);
    bool at_end = i + n >= s->in->n_tokens;
    if (before == GAP_OPEN && (at_end || after >= GAP_CLOSE || after == GAP_COMMA))
        return 2;
    if (i == 0 && after == GAP_STOP &&
        s->in->text[scan_token(s, n - 1)->at + scan_token(s, n - 1)->length] == ':')
        return 2;
    if (i > 0 && s->end == i && s->n_out > 0 && scan_is_area((int)s->out[s->n_out - 1].type) &&
        (before == GAP_COMMA || before <= GAP_SPACE ||
         (before == GAP_DASH && s->out[s->n_out - 1].type == PLACE_WARD && /* "xã A - Châu Phú" */
          scan_known(s, i, n, PLACE_DISTRICT) != NULL)))
        return 2;
    if (i > 1 && s->end + 1 == i && s->n_out > 0 && scan_is_area((int)s->out[s->n_out - 1].type) &&
        scan_is_word(s, i - 1, "và", "va"))
        return 2;
    if (i > 0 && s->end == i && s->n_out > 0 && before == GAP_COMMA)
        return 1;
    if (i > 0 && s->end == i && s->n_out > 0 && before <= GAP_SPACE)
        return 2; /* "tổ 5 Hòa Bình", "ngo 19 Phu Do Nam Tu Liem" */
    return scan_is_word(s, i + n, "cũ", "cu") ? 1 : 0;
}

/* Whether the name at I goes on behind the last place: after a comma or "và". */
static bool goes_on(const struct scan *s, size_t i)
{
    return s->n_out > 0 && ((s->end == i && scan_gap(s, i) == GAP_COMMA) ||
                            (s->end + 1 == i && scan_is_word(s, i - 1, "và", "va")));
}

size_t bare_name(struct scan *s, size_t i)
{
    size_t run = scan_capitals(s, i);
    if (run < 1 || scan_has(s, i, TOKEN_EXPANDED))
        return i;
    size_t n = run;
    bool glued = false;
    const struct name *district = scan_known(s, i, n, PLACE_DISTRICT),
                      *ward = scan_known(s, i, n, PLACE_WARD),
                      *province = scan_known(s, i, n, PLACE_PROVINCE);
    if (district == NULL && ward == NULL && province == NULL && run > 2) {
        for (n = run - 1; n >= 2; n--) {
            ward = scan_known(s, i, n, PLACE_WARD);
            district = scan_known(s, i + n, run - n, PLACE_DISTRICT);
            if (ward != NULL && district != NULL) { /* "La Phu Hoai Duc" */
                district = NULL;
                glued = true;
                break;
            }
            ward = district = NULL;
        }
    }
    if (district == NULL && ward == NULL && province == NULL)
        return i;
    if (n == 1 && strlen(scan_token(s, i)->key) < 3)
        return i;
    bool in = glued || (ward != NULL && district == NULL && scan_gap(s, i) != GAP_DASH &&
                        (in_district(s, i + n) || before_in_district(s, i + n)));
    int context = in ? 2 : context_of(s, i, n);
    bool old = scan_is_word(s, i + n, "cũ", "cu");
    bool hanoi_ward = scan_known_here(s, i, n, PLACE_WARD);
    bool after_ward = s->end == i && s->n_out > 0 && s->out[s->n_out - 1].type == PLACE_WARD;
    bool in_brackets = scan_gap(s, i) == GAP_OPEN;
    bool wider = province != NULL && /* "huyện Đức Hòa, Long An", "huyện Hòa Bình (Bạc Liêu)" */
                 (goes_on(s, i) || (in_brackets && s->n_out > 0 && s->end == i)) &&
                 (s->out[s->n_out - 1].type == PLACE_DISTRICT ||
                  s->out[s->n_out - 1].type == PLACE_PROVINCE);
    if (province != NULL &&
        (wider || (district == NULL && (ward == NULL || after_ward || in_brackets)))) {
        scan_put_named(s, PLACE_PROVINCE, i, i, n, false);
        return i + n;
    }
    if (context == 0 && i == 0 && hanoi_ward && n >= 2 && run == n && scan_has(s, i, TOKEN_MARKED))
        context = 1; /* the text begins with it */
    bool open_before = scan_gap(s, i) >= GAP_COMMA && scan_gap(s, i) != GAP_DASH;
    if (context == 0 && open_before && s->end != i && n >= 2 && run == n &&
        scan_has(s, i + n - 1, TOKEN_MARKED | TOKEN_CAPITAL)) {
        bool closed = i + n >= s->in->n_tokens || scan_gap(s, i + n) >= GAP_COMMA;
        if (hanoi_ward && scan_marked(s, i, n))
            context = 1;
        else if (district != NULL && closed)
            context = 1;
    }
    if (context == 0)
        return i;
    if (scan_number(s, i + n) && scan_gap(s, i + n) <= GAP_SPACE && district == NULL) {
        scan_put(s, PLACE_GROUP, i, i, n + 1, false); /* "người dân Tân Lập 1" */
        return s->end == i + n + 1 ? s->end : i;
    }
    if (hanoi_ward && district != NULL && !after_ward && !in_brackets &&
        !old) { /* a district elsewhere does not outweigh a ward here */
        if (!scan_known_here(s, i, n, PLACE_DISTRICT))
            district = NULL;
    }
    bool new_era = s->received_at >= NEW_ERA_AT, undated = s->received_at == 0;
    int type = -1;
    if (district != NULL && ward != NULL) {
        if (!old && scan_former(s, i, i + n) && s->n_out > 0 &&
            s->out[s->n_out - 1].type == PLACE_WARD)
            type = PLACE_WARD; /* "xã Xuân Thới Sơn, trước là Xuân Thới Đông" */
        else if (after_ward || in_brackets || old)
            type = PLACE_DISTRICT;
        else if ((new_era || (undated && s->new_words && !s->old_words)) && context == 2)
            type = PLACE_WARD;
        else
            type = PLACE_DISTRICT;
        /* a list is of one kind */
        size_t on = scan_goes_on(s, i + n), more = on == 0 ? 0 : scan_capitals(s, on);
        if (more > 0 && scan_known(s, on, more, PLACE_WARD) != NULL &&
            scan_known(s, on, more, PLACE_DISTRICT) == NULL &&
            scan_known(s, on, more, PLACE_PROVINCE) == NULL)
            type = PLACE_WARD;
        const struct place *before = goes_on(s, i) ? &s->out[s->n_out - 1] : NULL;
        if (new_era && !old && before != NULL && !before->named &&
            !before->former && /* "Hóc Môn, Củ Chi" */
            (before->type == PLACE_WARD || before->type == PLACE_DISTRICT))
            type = (int)before->type;
    } else if (district != NULL) {
        /* wards of 2025 often carry the old district's name */
        bool ward_era = new_era || (undated && s->new_words);
        type = ward_era && context == 2 && !after_ward && !in_brackets && !old && !s->old_words
                   ? PLACE_WARD
                   : PLACE_DISTRICT;
    } else if (ward != NULL && (context == 2 || hanoi_ward || old ||
                                (run == n && n >= 2 && s->in->marked && !is_person(s, i)))) {
        type = PLACE_WARD;
    }
    if (type < 0 || (n == 1 && context < 2 && !(district != NULL && scan_marked(s, i, n))))
        return i;
    scan_put_named(s, (enum place_type)type, i, i, n, false);
    return s->end == i + n ? i + n : i;
}
