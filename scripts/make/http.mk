# http-parser is the second opinion of one fuzz target; nothing else links it.
build/fuzz/fuzz_http: FUZZ_EXTRA_LIBS := -lhttp_parser
