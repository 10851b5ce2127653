// Finds addresses and dates in 4 KiB of text with std::regex, as often as standard input says.
#include <cstdio>
#include <iterator>
#include <regex>
#include <string>

int main() {
  int repeat = 1;
  if (scanf("%d", &repeat) != 1) return 1;
  std::string text;
  for (int i = 0; text.size() < 4096; i++) {
    text += "On 2026-0" + std::to_string(i % 9 + 1) + "-1" + std::to_string(i % 10) + " user" + std::to_string(i) +
            "@mail" + std::to_string(i % 3) + ".example.org wrote: see you at 10:3" + std::to_string(i % 10) + "; ";
  }
  const std::regex address("[a-z0-9.]+@([a-z0-9]+\\.)+[a-z]{2,}"), date("(\\d{4})-(\\d\\d)-(\\d\\d)");
  size_t found = 0;
  for (int turn = 0; turn < repeat; turn++) {
    for (const auto *pattern : {&address, &date}) {
      for (std::sregex_iterator it(text.begin(), text.end(), *pattern), end; it != end; ++it)
        found = found * 31 + it->position() + it->length();
    }
  }
  printf("%zu\n", found);
}
