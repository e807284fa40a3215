kn_test(test_zap test_zap.c kn_net PkgConfig::ZMQ)
kn_test(test_net test_net.c kn_net PkgConfig::ZMQ)
kn_test(test_acl test_acl.c kn_net Threads::Threads)
