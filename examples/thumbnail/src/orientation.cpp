#include <cstring>

#include "picture.hpp"

namespace {

/// Reads numbers of a TIFF structure, which says itself in which order its bytes are.
struct Tiff {
  const std::uint8_t *data;
  std::size_t size;
  bool isLittle;

  unsigned byte(std::size_t at) const { return at < size ? data[at] : 0; }
  unsigned two(std::size_t at) const {
    return isLittle ? byte(at) | byte(at + 1) << 8 : byte(at) << 8 | byte(at + 1);
  }
  std::size_t four(std::size_t at) const {
    return isLittle ? two(at) | std::size_t(two(at + 2)) << 16 : std::size_t(two(at)) << 16 | two(at + 2);
  }
};

constexpr unsigned orientationTag = 0x0112;

int readTiff(const std::uint8_t *data, std::size_t size) {
  if (size < 8) return 1;
  const Tiff tiff{data, size, data[0] == 'I'};
  const std::size_t directory = tiff.four(4);
  if (directory >= size) return 1;
  const unsigned entries = tiff.two(directory);
  for (unsigned index = 0; index < entries; ++index) {
    const std::size_t entry = directory + 2 + std::size_t(index) * 12;
    if (tiff.two(entry) != orientationTag) continue;
    const unsigned value = tiff.two(entry + 8);
    return value >= 1 && value <= 8 ? int(value) : 1;
  }
  return 1;
}

}  // namespace

int readOrientation(const Bytes &jpeg) {
  if (jpeg.size() < 4 || jpeg[0] != 0xff || jpeg[1] != 0xd8) return 1;
  for (std::size_t at = 2; at + 4 <= jpeg.size() && jpeg[at] == 0xff;) {
    const int marker = jpeg[at + 1];
    const std::size_t length = std::size_t(jpeg[at + 2]) << 8 | jpeg[at + 3];
    const std::size_t end = at + 2 + length;
    // Behind the start of a scan there is no more to know.
    if (marker == 0xda || length < 2 || end > jpeg.size()) break;
    if (marker == 0xe1 && length >= 8 && std::memcmp(&jpeg[at + 4], "Exif\0\0", 6) == 0)
      return readTiff(&jpeg[at + 10], end - at - 10);
    at = end;
  }
  return 1;
}

Picture orient(const Picture &picture, int orientation) {
  if (orientation == 1) return picture;
  const auto [width, height] = picture.size;
  const Size size = isTurned(orientation) ? Size{height, width} : picture.size;
  Picture turned{size, Bytes(picture.pixels.size())};
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      int fromX = isTurned(orientation) ? y : x;
      int fromY = isTurned(orientation) ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8) fromX = width - 1 - fromX;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7) fromY = height - 1 - fromY;
      const auto *from = &picture.pixels[(std::size_t(fromY) * width + fromX) * 3];
      std::memcpy(&turned.pixels[(std::size_t(y) * size.width + x) * 3], from, 3);
    }
  return turned;
}
