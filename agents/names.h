/* names.h - what the register calls a unit, a field, an area, a source: for people, never for
 * files.
 *
 * The register files lie beside the programs (PREFIX/share/kiennghi/registers) or where names_use
 * says. They are read when the first name is asked for; without them ids are shown as they are.
 */
#ifndef AGENTS_NAMES_H
#define AGENTS_NAMES_H

#include <stdbool.h>
#include <stddef.h>

enum names_register { NAMES_UNIT, NAMES_FIELD, NAMES_AREA, NAMES_SOURCE, NAMES_REGISTERS };

/* The name of ID, or ID itself when the register does not know it; "" for NULL. Lives as long as
 * the process, or as ID. */
const char *names_of(enum names_register which, const char *id, bool is_vi);

/* Takes the registers of FOLDER (--registers; NULL: those beside the program) for every name asked
 * for from now on. FOLDER must outlive them. False when it is no folder that can be read. */
bool names_use(const char *folder);

/* The folder of the registers beside the running program. 4,200 bytes hold any. */
void names_folder(char *out, size_t size);

#endif
