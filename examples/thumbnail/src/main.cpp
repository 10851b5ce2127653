// Answers the picture in the request's body, smaller: a JPEG that fits into ?width= and ?height=.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "picture.hpp"
#include "stb.hpp"

namespace {

constexpr int mostPixels = 40'000'000;
constexpr int longestSide = 4096;
constexpr int usualSide = 256;

[[noreturn]] void fail(const std::string &reason) {
  std::fprintf(stderr, "%s\n", reason.c_str());
  std::exit(1);
}

Bytes readBody() {
  const char *length = std::getenv("CONTENT_LENGTH");
  Bytes body(length == nullptr ? 0 : std::strtoul(length, nullptr, 10));
  body.resize(std::fread(body.data(), 1, body.size(), stdin));
  return body;
}

/// A whole number of the query string; 0 if it is not there.
int readNumber(const char *name, int most) {
  const char *query = std::getenv("QUERY_STRING");
  const std::string text = "&" + std::string(query == nullptr ? "" : query) + "&";
  const std::string key = "&" + std::string(name) + "=";
  const auto found = text.find(key);
  if (found == std::string::npos) return 0;
  const std::string value = text.substr(found + key.size(), text.find('&', found + 1) - found - key.size());
  const bool isNumber = !value.empty() && value.size() <= 5 && value.find_first_not_of("0123456789") == std::string::npos;
  const int number = isNumber ? std::atoi(value.c_str()) : 0;
  if (number < 1 || number > most)
    fail(std::string(name) + " is a whole number from 1 to " + std::to_string(most) + ", not " + value + ".");
  return number;
}

/// The largest size within the box that keeps the picture's shape; never larger than the picture.
Size fit(Size picture, Size box) {
  const double scale =
      std::min({1.0, double(box.width) / picture.width, double(box.height) / picture.height});
  const auto scaled = [&](int side) { return std::max(1, int(std::lround(side * scale))); };
  return {scaled(picture.width), scaled(picture.height)};
}

Size readBox() {
  const int width = readNumber("width", longestSide);
  const int height = readNumber("height", longestSide);
  if (width == 0 && height == 0) return {usualSide, usualSide};
  return {width == 0 ? longestSide : width, height == 0 ? longestSide : height};
}

void append(void *answer, void *data, int size) {
  const auto *bytes = static_cast<std::uint8_t *>(data);
  static_cast<Bytes *>(answer)->insert(static_cast<Bytes *>(answer)->end(), bytes, bytes + size);
}

Picture makeThumbnail(const Bytes &body, Size box) {
  Size size;
  int channels;
  if (!stbi_info_from_memory(body.data(), int(body.size()), &size.width, &size.height, &channels))
    fail(std::string("The body is no JPEG or PNG picture: ") + stbi_failure_reason() + ".");
  if (size.width > mostPixels / size.height)
    fail("The picture has " + std::to_string(size.width) + " × " + std::to_string(size.height) +
         " pixels; 40 million are the most.");
  const bool hasAlpha = channels == 2 || channels == 4;
  channels = hasAlpha ? 4 : 3;
  const std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> pixels(
      stbi_load_from_memory(body.data(), int(body.size()), &size.width, &size.height, nullptr, channels),
      stbi_image_free);
  if (pixels == nullptr) fail(std::string("The picture is damaged: ") + stbi_failure_reason() + ".");
  const int orientation = readOrientation(body);
  if (isTurned(orientation)) std::swap(box.width, box.height);
  return orient(shrink(pixels.get(), size, channels, fit(size, box)), orientation);
}

}  // namespace

int main() {
  const Size box = readBox();
  const int quality = readNumber("quality", 100);
  const Bytes body = readBody();
  if (body.empty()) fail("The body is empty: send a JPEG or PNG picture.");
  const Picture thumbnail = makeThumbnail(body, box);
  Bytes answer;
  stbi_write_jpg_to_func(append, &answer, thumbnail.size.width, thumbnail.size.height, 3, thumbnail.pixels.data(),
                         quality == 0 ? 80 : quality);
  return std::fwrite(answer.data(), 1, answer.size(), stdout) == answer.size() ? 0 : 1;
}
