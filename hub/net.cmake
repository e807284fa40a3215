# kn_net: the hub's doors (net, zap), who may say what (acl), and what every process needs.
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)
add_library(kn_net STATIC ${PROJECT_SOURCE_DIR}/hub/net.c ${PROJECT_SOURCE_DIR}/hub/zap.c)
target_include_directories(kn_net PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(kn_net PRIVATE kn_flags PkgConfig::ZMQ Threads::Threads)
