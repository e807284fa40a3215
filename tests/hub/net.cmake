kn_test(test_zap hub/test_zap.c kn_net PkgConfig::ZMQ)
kn_test(test_net hub/test_net.c kn_net PkgConfig::ZMQ)
