// Greets whom the request's body names. It runs once per call, from top to bottom: what it prints is the answer.
#include <algorithm>
#include <cstdio>
#include <string>

#include "request.hpp"

static std::string trim(const std::string &text) {
  const char *blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// The characters of a UTF-8 text.
static long lengthOf(const std::string &text) {
  return std::count_if(text.begin(), text.end(), [](char byte) { return (byte & 0xc0) != 0x80; });
}

int main() {
  const Request request = readRequest();
  const std::string name = trim(request.body);
  if (lengthOf(name) > 100) {
    // What goes to stderr is in the function's log; an exit code other than 0 tells the caller that it failed.
    std::fprintf(stderr, "The name has %ld characters; 100 is the most.\n", lengthOf(name));
    return 1;
  }
  const std::string answer = variable("GREETING") + ", " + (name.empty() ? "world" : name) + "!\n" +
                             "You sent " + request.method + " " + request.path + "?" + request.query + "\n";
  return std::fwrite(answer.data(), 1, answer.size(), stdout) == answer.size() ? 0 : 1;
}
