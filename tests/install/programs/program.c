/* The C ABI from C11. Nothing is sent: no folder is named. */
#include <penstock/penstock.h>
#include <penstock/version.h>
#include <string.h>

int main(void) {
  penstock_options options;
  penstock_options_init(&options);
  penstock_client* client = NULL;
  if (strcmp(penstock_version(), PENSTOCK_VERSION) != 0) return 1;
  return penstock_client_open(&options, &client) == PENSTOCK_INVALID_OPTION && client == NULL ? 0
                                                                                              : 1;
}
