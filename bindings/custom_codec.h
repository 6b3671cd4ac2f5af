/* custom_codec.h - codecs written in Lua, by the name of their type. */
#ifndef MPL_CUSTOM_CODEC_H
#define MPL_CUSTOM_CODEC_H

#include "codec.h"

/* An engine's; each stays for as long as the engine: types may point to it. */
typedef struct mpl_custom_codec mpl_custom_codec;

/* Add a codec, in front of an older one of the same name, for the functions at the two
 * indexes (nil: values stay the strings they are). Raises for memory. */
void mpl_custom_add(lua_State *L, mpl_custom_codec **list, const char *name,
                    mp_format format, int encode, int decode);
/* Let go of the functions; then of the rest, without Lua. */
void mpl_custom_forget(lua_State *L, mpl_custom_codec *list);
void mpl_custom_free(mpl_custom_codec *list);

/* mp_engine_options.type_codec, whose data is the address of the list. */
const void *mpl_type_codec(const mp_type *type, bool *is_binary, void *data);

bool mpl_custom_read(mpl_decoder *from, const mpl_codec *codec, mp_format format,
                     const char *bytes, size_t length);
void mpl_custom_write(mpl_encoder *encoder, const mpl_codec *codec, mp_format format,
                      int index);

#endif
