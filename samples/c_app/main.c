/* The C ABI in C11: open, a session, a page, typed and JSON events, close.
 *
 *   penstock-sample-c <journal folder> <https://gateway:port> <write key> [ca file]
 */
#include <stdio.h>

#include "penstock/penstock.h"

static int failed(const char* what, penstock_status status) {
  fprintf(stderr, "%s: %s: %s\n", what, penstock_status_name(status), penstock_last_error());
  return 1;
}

/* {"recent": ["light", "dark"], "screen": {"width": 2560}}: what is wrong with it,
 * penstock_client_track() says. */
static void describe(penstock_object* about) {
  penstock_object_open_array(about, "recent", 6);
  penstock_object_add(about, penstock_detail_text(NULL, "light"));
  penstock_object_add(about, penstock_detail_text(NULL, "dark"));
  penstock_object_close(about);
  penstock_object_open_object(about, "screen", 6);
  penstock_object_add(about, penstock_detail_integer("width", 2560));
  penstock_object_close(about);
}

static penstock_status record_events(penstock_client* client) {
  static const char json[] = "{\"activityType\":\"ThemeChosen\",\"details\":{\"theme\":\"dark\"}}";
  const penstock_detail details[] = {
      penstock_detail_text("theme", "dark"),
      penstock_detail_integer("fontSize", 14),
      penstock_detail_boolean("remember", 1),
  };

  penstock_event click;
  penstock_event_init(&click, PENSTOCK_CLICK);
  click.name = penstock_text_of("save-button"); /* on the page that is open */
  click.details = details;
  click.details_count = sizeof details / sizeof details[0];

  penstock_status status = penstock_object_new(&click.details_object);
  if (status != PENSTOCK_OK) return status;
  describe(click.details_object);

  status = penstock_client_enter_page(client, "settings", 8);
  if (status == PENSTOCK_OK) status = penstock_client_track_json(client, json, sizeof json - 1);
  if (status == PENSTOCK_OK) status = penstock_client_track(client, &click);
  if (status == PENSTOCK_OK) status = penstock_client_leave_page(client);
  penstock_object_free(click.details_object);
  return status;
}

int main(int argc, char** argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: %s <journal folder> <https://gateway:port> <write key> [ca file]\n",
            argv[0]);
    return 2;
  }
  penstock_options options;
  penstock_options_init(&options);
  options.directory = penstock_text_of(argv[1]);
  options.endpoint = penstock_text_of(argv[2]);
  options.write_key = penstock_text_of(argv[3]);
  options.ca_file = penstock_text_of(argc > 4 ? argv[4] : NULL);
  options.app_name = penstock_text_of("c-sample");
  options.session_mode = PENSTOCK_SESSION_AUTOMATIC; /* from the first event to the close */

  penstock_client* client = NULL;
  penstock_status status = penstock_client_open(&options, &client);
  if (status != PENSTOCK_OK) return failed("open", status);

  int result = 0;
  status = record_events(client);
  if (status != PENSTOCK_OK) result = failed("track", status);
  status = penstock_client_close(client, 15000);
  if (status != PENSTOCK_OK) result = failed("close", status);

  penstock_stats stats = {.struct_size = sizeof stats};
  if (penstock_client_stats(client, &stats) == PENSTOCK_OK) {
    printf("%llu recorded, %llu acknowledged, %llu still in the journal\n",
           (unsigned long long)stats.recorded, (unsigned long long)stats.acknowledged,
           (unsigned long long)stats.pending);
  }
  penstock_client_free(client);
  return result;
}
