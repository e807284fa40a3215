/* status.c - the texts of kiennghi/status.h. */
#include "kiennghi/status.h"

const char *kn_status_text(int code)
{
    switch (code) {
#define KN_STATUS_TEXT(name, value, text) \
    case name: return text;
        KN_STATUS_LIST(KN_STATUS_TEXT)
#undef KN_STATUS_TEXT
    default: return "unknown status";
    }
}
