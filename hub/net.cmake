# kn_net: the hub's doors (net, zap) and who may pass and say what (acl).
pkg_check_modules(ZMQ REQUIRED IMPORTED_TARGET libzmq)
add_library(kn_net STATIC ${PROJECT_SOURCE_DIR}/hub/net.c
    ${PROJECT_SOURCE_DIR}/hub/net_monitor.c ${PROJECT_SOURCE_DIR}/hub/zap.c ${PROJECT_SOURCE_DIR}/hub/tap.c
            ${PROJECT_SOURCE_DIR}/hub/acl.c ${PROJECT_SOURCE_DIR}/hub/denials.c)
target_include_directories(kn_net PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(kn_net PUBLIC kn_wire PRIVATE kn_flags PkgConfig::ZMQ Threads::Threads)

# kn_config: what the process is told (config, hubkey) and what it says to its keeper (logger).
pkg_check_modules(CZMQ REQUIRED IMPORTED_TARGET libczmq)
add_library(kn_config STATIC ${PROJECT_SOURCE_DIR}/hub/config.c ${PROJECT_SOURCE_DIR}/hub/hubkey.c
            ${PROJECT_SOURCE_DIR}/hub/logger.c)
target_include_directories(kn_config PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(kn_config PRIVATE kn_flags PkgConfig::CZMQ PkgConfig::ZMQ)
