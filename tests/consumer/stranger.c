/* stranger.c - a program of somebody else, on the installed libkiennghi: keeps a petition for a
 * hub. */
#include <kiennghi/kiennghi.h>

#include <stdio.h>

int main(int argc, char **argv)
{
    struct kn_keys own, hub;
    kn_client_t *client;
    kn_keys_new(&own);
    kn_keys_new(&hub);
    const struct kn_client_options options = {.endpoint = "tcp://127.0.0.1:9",
                                              .hub_key = hub.public_key,
                                              .public_key = own.public_key,
                                              .secret_key = own.secret_key,
                                              .outbox = argc > 1 ? argv[1] : "outbox"};
    int rc = kn_client_new(&client, &options);
    if (rc != KN_OK) {
        fprintf(stderr, "stranger: %s\n", kn_status_text(rc));
        return 1;
    }
    char id[33];
    kn_hash_hex32(id, 1, (const char *[]){"a meeting"});
    struct kn_petition petition = {.text = "Ngõ 12 ngập sau mỗi trận mưa."};
    struct kn_petition_submit submit = {.batch = id,
                                        .container = id,
                                        .item = "00000001",
                                        .source = "contact",
                                        .channel = KN_CHANNEL_CONTACT,
                                        .petition = &petition};
    rc = kn_client_submit(client, 1, KN_TYPE_PETITION_SUBMIT, &submit, NULL);
    if (rc == KN_OK)
        rc = kn_client_poll(client, 0);
    printf("%s %llu\n", KN_VERSION, (unsigned long long)kn_client_backlog(client));
    kn_client_destroy(&client);
    return rc == KN_OK ? 0 : 1;
}
