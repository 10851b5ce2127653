/* While the memory's image is made, freed memory is cleared: what is zero is not in the module. */
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"

void *__real_realloc(void *data, size_t size);
void __real_free(void *data);

static bool is_cleaning;

void clean_heap(bool is_on) { is_cleaning = is_on; }

void __wrap_free(void *data) {
  if (is_cleaning && data != NULL) memset(data, 0, malloc_usable_size(data));
  __real_free(data);
}

void *__wrap_realloc(void *data, size_t size) {
  if (!is_cleaning || data == NULL) return __real_realloc(data, size);
  void *moved = malloc(size);
  if (moved == NULL) return NULL;
  size_t present = malloc_usable_size(data);
  memcpy(moved, data, present < size ? present : size);
  __wrap_free(data);
  return moved;
}
