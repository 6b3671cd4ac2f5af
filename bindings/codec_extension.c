/* codec_extension.c - types of extensions, whose oids each database has its own: known by
 * their names, in whatever schema they are. */
#include "codec_types.h"

#include <string.h>

/* ltree and its kin put the version of their format in front of the text. */
static const char text_version = 1;

static void encode_versioned(mpl_encoder *encoder, int index) {
  mpl_buffer_byte(encoder->out, text_version);
  mpl_encode_text(encoder, index);
}

static bool decode_versioned(lua_State *L, const char *bytes, size_t length) {
  if (length == 0 || bytes[0] != text_version) return false;
  return mpl_decode_text(L, bytes + 1, length - 1);
}

#define VERSIONED_TYPE(name)                                                             \
  {                                                                                      \
    0, 0, name, MPL_STRING_IS_TEXT, false, decode_versioned, mpl_decode_text,            \
        encode_versioned                                                                 \
  }

static const mpl_codec extension_codecs[] = {
    {0, 0, "citext", MPL_STRING_IS_TEXT, false, mpl_decode_text, mpl_decode_text,
     mpl_encode_text},
    {0, 0, "hstore", MPL_STRING_PARSED, true, mpl_decode_hstore, mpl_decode_hstore_text,
     mpl_encode_hstore},
    VERSIONED_TYPE("ltree"),
    VERSIONED_TYPE("lquery"),
    VERSIONED_TYPE("ltxtquery"),
};

const mpl_codec *mpl_codec_find_extension(const mp_type *type) {
  if (mp_type_get_kind(type) != MP_TYPE_BASE) return NULL;
  const char *name = mp_type_bare_name(type);
  for (size_t i = 0; i < sizeof(extension_codecs) / sizeof(extension_codecs[0]); i++) {
    if (strcmp(extension_codecs[i].name, name) == 0) return &extension_codecs[i];
  }
  return NULL;
}
