kn_test(test_words agents/test_words.c kn_tool)
kn_test(test_names agents/test_names.c kn_tool)
kn_test(test_control agents/test_control.c kn_tool PkgConfig::ZMQ Threads::Threads)
