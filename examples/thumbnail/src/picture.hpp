#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

using Bytes = std::vector<std::uint8_t>;

struct Size {
  int width;
  int height;
};

/// Three bytes a pixel (red, green, blue as sRGB), row by row from the top left.
struct Picture {
  Size size;
  Bytes pixels;
};

/// How a camera held a picture: 1 to 8 as Exif numbers them, 1 if the file does not say.
int readOrientation(const Bytes &jpeg);

/// True if the orientation swaps width and height.
inline bool isTurned(int orientation) { return orientation >= 5; }

/// Turns and mirrors a picture so that what was up is up.
Picture orient(const Picture &picture, int orientation);

/// Makes a picture smaller: each new pixel is the mean of the light of the area it covers.
/// `channels`: 3, or 4 with an alpha channel, which is laid over white.
Picture shrink(const std::uint8_t *pixels, Size from, int channels, Size to);
