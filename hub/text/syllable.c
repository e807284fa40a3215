/* syllable.c - what a folded word must look like to be a Vietnamese syllable. */
#include "hub/text/normalise.h"

#include <stdio.h>
#include <string.h>

static const char *const onsets[] = {"ngh", "ng", "nh", "ch", "gh", "gi", "kh", "ph", "qu",
                                     "th",  "tr", "b",  "c",  "d",  "g",  "h",  "k",  "l",
                                     "m",   "n",  "p",  "r",  "s",  "t",  "v",  "x",  ""};
static const char rhymes[] =
    " a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem"
    " ien ieng iep iet ieu im in inh ip it iu o oa oac oach oai oam oan oang oanh oao oat oay oc oe"
    " oen oeo oet oi om on ong oong ooc op ot u ua uan uang uat uau uay uc ue uech uenh ui um un"
    " ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen uyet uynh uyt uyu y yem yen"
    " yet yeu ak ek ok uk ih ";

bool normalise_is_syllable(const char *word, size_t length)
{
    char want[10];
    if (length == 0 || length > 7)
        return false;
    for (size_t i = 0; i < sizeof onsets / sizeof *onsets; i++) {
        size_t onset = strlen(onsets[i]);
        if (onset >= length || memcmp(word, onsets[i], onset) != 0)
            continue;
        snprintf(want, sizeof want, " %.*s ", (int)(length - onset), word + onset);
        if (strstr(rhymes, want) != NULL)
            return true;
    }
    return length == 2 && memcmp(word, "gi", 2) == 0;
}
