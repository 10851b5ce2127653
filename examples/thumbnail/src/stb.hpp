// The two libraries, cut down to what is used.
#pragma once

#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_NO_THREAD_LOCALS
#define STBI_WRITE_NO_STDIO
#include <stb_image.h>
#include <stb_image_write.h>
