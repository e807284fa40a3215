kn_test(test_zap test_zap.c kn_net PkgConfig::ZMQ)
kn_test(test_net test_net.c kn_net PkgConfig::ZMQ)
