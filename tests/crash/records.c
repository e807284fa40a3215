/* records.c - where the live records of a store lie in its file, for test_rot.py.
 *
 *     records FOLDER
 *
 * One line a record: table, offset of the key, size of the key, offset of the value, size of the
 * value (with its checksum). The store may be open in a hub.
 */
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N_TABLES = 64 };

static void check(int rc, const char *what)
{
    if (rc) {
        fprintf(stderr, "records: %s: %s\n", what, mdb_strerror(rc));
        exit(1);
    }
}

static void list(MDB_txn *txn, const char *name, const uint8_t *map)
{
    MDB_dbi table;
    MDB_cursor *cursor;
    MDB_val key, value;
    check(mdb_dbi_open(txn, name, 0, &table), name);
    check(mdb_cursor_open(txn, table, &cursor), name);
    while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        printf("%s %td %zu %td %zu\n", name, (const uint8_t *)key.mv_data - map, key.mv_size,
               (const uint8_t *)value.mv_data - map, value.mv_size);
    }
    mdb_cursor_close(cursor);
}

/* Where the file is mapped: LMDB does not tell, the kernel does. */
static const uint8_t *find_map(void)
{
    const uint8_t *map = NULL;
    char line[1024];
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && !map && fgets(line, sizeof line, maps)) {
        if (strstr(line, "/data.mdb")) {
            map = (const uint8_t *)(uintptr_t)strtoul(line, NULL, 16);
        }
    }
    if (!map) {
        fprintf(stderr, "records: the map is not found\n");
        exit(1);
    }
    fclose(maps);
    return map;
}

int main(int argc, char **argv)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi names;
    MDB_cursor *cursor;
    MDB_val key, value;
    if (argc != 2) {
        fprintf(stderr, "records FOLDER\n");
        return 64;
    }
    check(mdb_env_create(&env), "environment");
    check(mdb_env_set_maxdbs(env, N_TABLES), "environment");
    check(mdb_env_open(env, argv[1], MDB_RDONLY | MDB_NOTLS, 0600), argv[1]);
    check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), argv[1]);
    check(mdb_dbi_open(txn, NULL, 0, &names), "tables");
    check(mdb_cursor_open(txn, names, &cursor), "tables");
    const uint8_t *map = find_map();
    while (!mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", (int)key.mv_size, (const char *)key.mv_data);
        list(txn, name, map);
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(env);
    return 0;
}
