/* metrics.h - the hub in figures, in the text format of Prometheus (version 0.0.4). Net thread. */
#ifndef KN_METRICS_H
#define KN_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hub;

enum { METRICS_MAX = 60000, METRICS_COMMITS = 1024 };

/* Prints everything into TEXT; a consumer too many is left out rather than cut. */
void metrics_print(struct hub *hub, char *text, size_t size);

/* Median and 99th percentile of the last commits, in microseconds; zeros before the first. */
void metrics_commits(struct hub *hub, uint32_t *p50_us, uint32_t *p99_us);

/* Walks the durable readers: fills a consumer from the store, with what it has not saved. False at
 * the end; STREAM, CONSUMER and AGENT hold the last one ("" at first). */
struct kn_consumer;
struct store_txn;
bool metrics_next_consumer(struct hub *hub, struct store_txn *txn, struct kn_consumer *out,
                           char stream[96], char consumer[64], char agent[64]);

#endif
