# kn_net: the hub's doors (net, zap) and who may pass and say what (acl).
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)
add_library(kn_net STATIC ${PROJECT_SOURCE_DIR}/hub/net.c ${PROJECT_SOURCE_DIR}/hub/zap.c
            ${PROJECT_SOURCE_DIR}/hub/acl.c)
target_include_directories(kn_net PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(kn_net PRIVATE kn_flags PkgConfig::ZMQ Threads::Threads)
