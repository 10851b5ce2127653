// Sorts 20,000 numbers and as many records by name, as often as standard input says.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

struct Record {
  std::string name;
  uint32_t value;
};

int main() {
  int repeat = 1;
  if (scanf("%d", &repeat) != 1) return 1;
  uint32_t state = 1;
  const auto next = [&state] { return state = state * 1664525 + 1013904223; };
  uint64_t sum = 0;
  for (int turn = 0; turn < repeat; turn++) {
    std::vector<uint32_t> numbers(20000);
    for (auto &number : numbers) number = next();
    std::sort(numbers.begin(), numbers.end());
    std::vector<Record> records;
    for (uint32_t i = 0; i < 20000; i++) records.push_back({"record " + std::to_string(next() >> 12), i});
    std::stable_sort(records.begin(), records.end(), [](const Record &a, const Record &b) { return a.name < b.name; });
    for (uint32_t i = 0; i < 20000; i++) sum = sum * 31 + numbers[i] + records[i].value;
  }
  printf("%llu\n", (unsigned long long)sum);
}
