# kn_tool: the parts of the operator's tool that tests look at.
pkg_check_modules(SMARTCOLS REQUIRED IMPORTED_TARGET smartcols)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(XLSXWRITER REQUIRED IMPORTED_TARGET xlsxwriter)
pkg_check_modules(CZMQ REQUIRED IMPORTED_TARGET libczmq)
pkg_check_modules(MICROHTTPD REQUIRED IMPORTED_TARGET libmicrohttpd)
add_library(kn_tool STATIC ${PROJECT_SOURCE_DIR}/agents/control.c ${PROJECT_SOURCE_DIR}/agents/words.c
      ${PROJECT_SOURCE_DIR}/agents/names.c)
target_include_directories(kn_tool PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
target_link_libraries(kn_tool PUBLIC kn_wire PRIVATE kn_flags PkgConfig::CZMQ PkgConfig::ZMQ)

# kiennghi: the operator's tool. (libkiennghi has the target of that name.)
if(TARGET kiennghi)
  add_executable(kiennghi_tool
      ${PROJECT_SOURCE_DIR}/agents/kiennghi.c ${PROJECT_SOURCE_DIR}/agents/act.c ${PROJECT_SOURCE_DIR}/agents/batch_export.c ${PROJECT_SOURCE_DIR}/agents/acts.c ${PROJECT_SOURCE_DIR}/agents/inquiry.c
      ${PROJECT_SOURCE_DIR}/agents/report/fold.c ${PROJECT_SOURCE_DIR}/agents/report/sheets.c
      ${PROJECT_SOURCE_DIR}/agents/report/report.c ${PROJECT_SOURCE_DIR}/agents/report/docket.c
      ${PROJECT_SOURCE_DIR}/agents/report/digest.c
      ${PROJECT_SOURCE_DIR}/agents/reading.c ${PROJECT_SOURCE_DIR}/agents/review.c
      ${PROJECT_SOURCE_DIR}/agents/sidebyside.c ${PROJECT_SOURCE_DIR}/agents/tool.c ${PROJECT_SOURCE_DIR}/agents/operate.c ${PROJECT_SOURCE_DIR}/agents/operate_keys.c
      ${PROJECT_SOURCE_DIR}/agents/operate_metrics.c ${PROJECT_SOURCE_DIR}/agents/listen.c ${PROJECT_SOURCE_DIR}/agents/show.c
      ${PROJECT_SOURCE_DIR}/agents/control.c ${PROJECT_SOURCE_DIR}/agents/words.c
      ${PROJECT_SOURCE_DIR}/agents/names.c)
  set_target_properties(kiennghi_tool PROPERTIES OUTPUT_NAME kiennghi)
  target_link_libraries(kiennghi_tool PRIVATE kn_flags kiennghi kn_wire kn_json kn_read kn_lines PkgConfig::JANSSON PkgConfig::XLSXWRITER PkgConfig::SMARTCOLS PkgConfig::CZMQ PkgConfig::MICROHTTPD)
  install(TARGETS kiennghi_tool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
