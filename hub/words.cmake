# words.cmake - makes OUT, a C file with the bytes of LEXICON and PHRASES: words of petitions for
# packing.c. Run by the build: cmake -DOUT=… -DLEXICON=… -DPHRASES=… -P words.cmake
function(bytes_of out file)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
  set(${out} "${hex}" PARENT_SCOPE)
endfunction()
bytes_of(lexicon ${LEXICON})
bytes_of(phrases ${PHRASES})
file(SIZE ${PHRASES} n_phrases)
file(WRITE ${OUT} "/* Made by hub/words.cmake: not to be edited. */
#include \"hub/words.h\"

const uint8_t words[] = {
${lexicon}
${phrases}
};

const size_t words_size = sizeof words, words_n_phrases = ${n_phrases};
")
