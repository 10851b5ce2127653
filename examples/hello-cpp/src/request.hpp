// What a function sees of its call: variables as with CGI, and the body on standard input. You rarely need to change
// this file.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

struct Request {
  std::string method;
  std::string path;   ///< with its leading slash; may be empty
  std::string query;  ///< without the question mark; may be empty
  std::string body;
};

/// A variable of the call (REQUEST_METHOD, HTTP_…) or of millrace.json; empty if it is not set.
inline std::string variable(const char *name) {
  const char *value = std::getenv(name);
  return value == nullptr ? "" : value;
}

inline Request readRequest() {
  Request request{variable("REQUEST_METHOD"), variable("PATH_INFO"), variable("QUERY_STRING"), ""};
  char chunk[16384];
  for (std::size_t size; (size = std::fread(chunk, 1, sizeof chunk, stdin)) > 0;) request.body.append(chunk, size);
  return request;
}
