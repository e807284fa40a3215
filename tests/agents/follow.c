/* follow.c - the smallest consumer: prints the positions of a stream; acts and asks by command. */
#include "kiennghi/kiennghi.h"

#include <inttypes.h>

static int on_event(kn_agent_t *agent, uint64_t position, const struct kn_event *event)
{
    kn_agent_print(agent, "event %" PRIu64, position);
    kn_agent_json(agent, KN_SCHEMA_EVENT, event, true);
    return KN_OK;
}

static int get(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_message *answer;
    struct kn_case_get body = {.case_ = argv[0]};
    (void)argc;
    int rc = kn_agent_request(agent, &answer, KN_TYPE_CASE_GET, &body);
    kn_message_destroy(&answer);
    return rc;
}

static int join(kn_agent_t *agent, int argc, char **argv)
{
    struct kn_case_link body = {
        .case_ = argv[0], .parent = argv[1], .link = KN_LINK_KIND_DUPLICATE};
    (void)argc;
    int rc = kn_agent_act(agent, NULL, KN_TYPE_CASE_LINK, &body);
    if (rc == KN_OK)
        kn_agent_print(agent, "linked");
    return rc;
}

static const struct kn_agent_command commands[] = {
    {"case get", "CASE", 1, 1, get, "xem hồ sơ", "show a case"},
    {"link", "CASE PARENT", 2, 2, join, "gắn hai hồ sơ", "link two cases"},
    {0}};

int main(int argc, char **argv)
{
    static const struct kn_agent_spec spec = {.name = "follow",
                                              .about_vi = "theo dõi",
                                              .about_en = "follows",
                                              .delivery = true,
                                              .commands = commands,
                                              .stream = "all",
                                              .on_event = on_event};
    return kn_agent_main(argc, argv, &spec);
}
