#define PY_SSIZE_T_CLEAN
#include "track.h"

#include <Python.h>
#include <limits.h>
#include <string.h>

#include "penstock/penstock.h"

/* Of the limited API since 3.10; exported by every Python since 3.3. */
PyAPI_FUNC(const char*) PyUnicode_AsUTF8AndSize(PyObject* text, Py_ssize_t* size);

/* Each is more than the library takes, so what is beyond is refused whatever it is; and values that
 * contain themselves come to an end. */
enum { FIELDS_MAX = 17, VALUES_MAX = 2048, DEPTH_MAX = 40, KEPT_MAX = 128, KEYWORDS_MAX = 16 };

/* One call. Python code may run in it: a codec, the collector of garbage, a signal handler. So what
 * the event refers to is held until the end: `kept` has references to it, and containers are looked
 * at in copies that nobody else has. */
typedef struct call {
  penstock_event event;
  penstock_detail details[FIELDS_MAX];
  penstock_detail metadata[FIELDS_MAX];
  PyObject* kept[KEPT_MAX];
  size_t kept_count;
  PyObject* kept_more; /* a list, of what is too much for `kept` */
  size_t values;       /* nested ones, so far */
  /* What is wrong with the event, and not with the types of Python, is told as the library tells it. */
  const char* refusal;
  PyObject* refused_type;
  penstock_status failed; /* of building an object */
  char failure[256];
} call;

/* Takes the reference. */
static int keep(call* of, PyObject* object) {
  if (object == NULL) return -1;
  if (of->kept_count < KEPT_MAX) {
    of->kept[of->kept_count++] = object;
    return 0;
  }
  if (of->kept_more == NULL) of->kept_more = PyList_New(0);
  const int failed = of->kept_more == NULL ? -1 : PyList_Append(of->kept_more, object);
  Py_DECREF(object);
  return failed;
}

static void release(call* of) {
  for (size_t i = 0; i < of->kept_count; ++i) Py_DECREF(of->kept[i]);
  Py_XDECREF(of->kept_more);
  Py_XDECREF(of->refused_type);
  penstock_object_free(of->event.details_object);
  penstock_object_free(of->event.metadata_object);
}

/* `text` with each half of a surrogate pair replaced by U+FFFD. */
static PyObject* without_surrogates(PyObject* text) {
  PyObject* utf16 = PyUnicode_AsEncodedString(text, "utf-16-le", "surrogatepass");
  if (utf16 == NULL) return NULL;
  PyObject* repaired = PyUnicode_FromEncodedObject(utf16, "utf-16-le", "replace");
  Py_DECREF(utf16);
  return repaired;
}

static int text_of(call* of, PyObject* object, penstock_text* text) {
  Py_ssize_t size = 0;
  text->data = PyUnicode_AsUTF8AndSize(object, &size);
  if (text->data == NULL && PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) {
    PyErr_Clear();
    PyObject* repaired = without_surrogates(object);
    if (keep(of, repaired) != 0) return -1;
    text->data = PyUnicode_AsUTF8AndSize(repaired, &size);
  }
  text->size = (size_t)size;
  return text->data == NULL ? -1 : 0;
}

static int optional_text(call* of, PyObject* object, const char* what, penstock_text* text) {
  if (object == Py_None) return 0;
  if (PyUnicode_Check(object)) return text_of(of, object, text);
  PyErr_Format(PyExc_TypeError, "%s must be a str or None, not %R", what,
               (PyObject*)Py_TYPE(object));
  return -1;
}

/* Said when nothing is looked at any more: to name a type may run Python code. */
static void refuse(call* of, const char* format, PyObject* type) {
  if (of->refusal != NULL) return;
  of->refusal = format;
  Py_XINCREF(type);
  of->refused_type = type;
}

/* What penstock_client_track() would not say by itself: it has no memory of these. */
static void note(call* of, penstock_status status) {
  if (status == PENSTOCK_OK || status == PENSTOCK_INVALID_EVENT || of->failed != PENSTOCK_OK)
    return;
  of->failed = status;
  of->failure[0] = '\0';
  strncat(of->failure, penstock_last_error(), sizeof of->failure - 1);
}

/* A value that is no dict, list or tuple. */
static int scalar(call* of, PyObject* value, penstock_detail* detail) {
  if (value == Py_None) {
    detail->type = PENSTOCK_VALUE_NULL;
  } else if (PyBool_Check(value)) {
    detail->type = PENSTOCK_VALUE_BOOLEAN;
    detail->integer = value == Py_True;
  } else if (PyUnicode_Check(value)) {
    detail->type = PENSTOCK_VALUE_TEXT;
    return text_of(of, value, &detail->text);
  } else if (PyFloat_Check(value)) {
    detail->type = PENSTOCK_VALUE_REAL;
    detail->real = PyFloat_AsDouble(value);
  } else if (PyLong_Check(value)) {
    int overflow = 0;
    detail->type = PENSTOCK_VALUE_INTEGER;
    detail->integer = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow != 0) refuse(of, "a whole number is larger than 64 bits; give it as text", NULL);
  } else {
    refuse(of, "a value of %R has no form in JSON; give text, a number, a list or a dict",
           (PyObject*)Py_TYPE(value));
  }
  return PyErr_Occurred() ? -1 : 0;
}

static int is_nested(PyObject* value) {
  return PyDict_Check(value) || PyList_Check(value) || PyTuple_Check(value);
}

static int name_of(call* of, PyObject* key, penstock_text* name) {
  if (PyUnicode_Check(key)) return text_of(of, key, name);
  PyErr_Format(PyExc_TypeError, "the names of details and metadata must be str, not %R",
               (PyObject*)Py_TYPE(key));
  return -1;
}

static int add_value(call* of, penstock_object* object, penstock_text name, PyObject* value,
                     int depth);

/* What is wrong with the object, penstock_client_track() says. */
static int add_members(call* of, penstock_object* object, PyObject* value, int depth) {
  if (depth > DEPTH_MAX) return 0;
  const penstock_text none = {NULL, 0};
  if (PyDict_Check(value)) {
    PyObject* copy = PyDict_Copy(value);
    PyObject *key, *member;
    Py_ssize_t place = 0;
    if (keep(of, copy) != 0) return -1;
    while (PyDict_Next(copy, &place, &key, &member)) {
      penstock_text name;
      if (name_of(of, key, &name) != 0 || add_value(of, object, name, member, depth) != 0)
        return -1;
    }
    return 0;
  }
  PyObject* items = value; /* a tuple never changes */
  if (PyList_Check(value)) {
    items = PyList_AsTuple(value);
    if (keep(of, items) != 0) return -1;
  }
  const Py_ssize_t count = PyTuple_Size(items);
  for (Py_ssize_t i = 0; i < count; ++i) {
    if (add_value(of, object, none, PyTuple_GetItem(items, i), depth) != 0) return -1;
  }
  return 0;
}

static int add_value(call* of, penstock_object* object, penstock_text name, PyObject* value,
                     int depth) {
  if (++of->values > VALUES_MAX) return 0;
  if (!is_nested(value)) {
    penstock_detail detail;
    memset(&detail, 0, sizeof detail);
    detail.name = name;
    if (scalar(of, value, &detail) != 0) return -1;
    note(of, penstock_object_add(object, detail));
    return 0;
  }
  if (PyDict_Check(value)) {
    note(of, penstock_object_open_object(object, name.data, name.size));
  } else {
    note(of, penstock_object_open_array(object, name.data, name.size));
  }
  if (add_members(of, object, value, depth + 1) != 0) return -1;
  note(of, penstock_object_close(object));
  return 0;
}

/* References to the first `most` keys and values of a dict, one behind the other, in `held`. No Python
 * code runs here. Returns how many members that are; *nested is whether a value is a container. */
static size_t hold_members(PyObject* dict, PyObject** held, size_t most, int* nested) {
  PyObject *key, *value;
  Py_ssize_t place = 0;
  size_t count = 0;
  while (count < most && PyDict_Next(dict, &place, &key, &value)) {
    Py_INCREF(key);
    Py_INCREF(value);
    held[2 * count] = key;
    held[2 * count + 1] = value;
    *nested |= is_nested(value);
    ++count;
  }
  return count;
}

/* Hands the references on to the call. */
static int keep_all(call* of, PyObject** held, size_t count) {
  int failed = 0;
  for (size_t i = 0; i < 2 * count; ++i) failed |= keep(of, held[i]);
  return failed;
}

/* Without nested values no memory is taken: they go to `fields`. */
static int take_fields(call* of, PyObject* given, const char* what, penstock_detail* fields,
                       size_t* fields_count, penstock_object** object) {
  if (given == Py_None) return 0;
  if (!PyDict_Check(given)) {
    PyErr_Format(PyExc_TypeError, "%s must be a dict or None, not %R", what,
                 (PyObject*)Py_TYPE(given));
    return -1;
  }
  PyObject* held[2 * FIELDS_MAX];
  int nested = 0;
  const size_t count = hold_members(given, held, FIELDS_MAX, &nested);
  if (keep_all(of, held, count) != 0) return -1;
  if (nested && penstock_object_new(object) != PENSTOCK_OK) {
    PyErr_NoMemory();
    return -1;
  }
  for (size_t i = 0; i < count; ++i) {
    penstock_text name;
    if (name_of(of, held[2 * i], &name) != 0) return -1;
    if (nested) {
      if (add_value(of, *object, name, held[2 * i + 1], 0) != 0) return -1;
      continue;
    }
    memset(&fields[i], 0, sizeof fields[i]);
    fields[i].name = name;
    if (scalar(of, held[2 * i + 1], &fields[i]) != 0) return -1;
  }
  if (!nested) *fields_count = count;
  return 0;
}

static int number_of(PyObject* object, const char* what, int64_t* number) {
  if (object == Py_None) return 0;
  if (PyLong_Check(object)) {
    const long long value = PyLong_AsLongLong(object);
    if (value != -1 || !PyErr_Occurred()) {
      *number = value;
      return 0;
    }
  }
  PyErr_Clear();
  PyErr_Format(PyExc_TypeError, "%s must be an int of at most 64 bits or None", what);
  return -1;
}

static int take_field(call* of, PyObject* name, PyObject* value) {
  const struct {
    const char* name;
    penstock_text* text;
  } texts[] = {{"user_id", &of->event.user_id},
               {"session_id", &of->event.session_id},
               {"correlation_id", &of->event.correlation_id},
               {"traceparent", &of->event.traceparent},
               {"page_id", &of->event.page_id}};
  const struct {
    const char* name;
    int64_t* number;
  } numbers[] = {{"time_ms", &of->event.time_ms}, {"duration_ms", &of->event.duration_ms}};
  if (PyUnicode_CompareWithASCIIString(name, "details") == 0) {
    return take_fields(of, value, "details", of->details, &of->event.details_count,
                       &of->event.details_object);
  }
  if (PyUnicode_CompareWithASCIIString(name, "metadata") == 0) {
    return take_fields(of, value, "metadata", of->metadata, &of->event.metadata_count,
                       &of->event.metadata_object);
  }
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; ++i) {
    if (PyUnicode_CompareWithASCIIString(name, texts[i].name) == 0)
      return optional_text(of, value, texts[i].name, texts[i].text);
  }
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; ++i) {
    if (PyUnicode_CompareWithASCIIString(name, numbers[i].name) == 0)
      return number_of(value, numbers[i].name, numbers[i].number);
  }
  int64_t number = 0;
  if (PyUnicode_CompareWithASCIIString(name, "outcome") == 0) {
    if (number_of(value, "outcome", &number) != 0) return -1;
    of->event.outcome = (penstock_outcome)number;
    return 0;
  }
  if (PyUnicode_CompareWithASCIIString(name, "schema_version") == 0) {
    if (number_of(value, "schema_version", &number) != 0) return -1;
    of->event.schema_version = number < 0 ? UINT64_MAX : (uint64_t)number;
    return 0;
  }
  PyErr_Format(PyExc_TypeError, "an event has no %R", name);
  return -1;
}

static int take_event(call* of, PyObject* name, PyObject* page, PyObject* record,
                      PyObject* fields) {
  if (optional_text(of, name, "name", &of->event.name) != 0 ||
      optional_text(of, page, "page_id", &of->event.page_id) != 0 ||
      optional_text(of, record, "record_id", &of->event.record_id) != 0)
    return -1;
  PyObject* held[2 * KEYWORDS_MAX]; /* more than there are, so that one of more is unknown */
  int nested = 0;
  const size_t count = hold_members(fields, held, KEYWORDS_MAX, &nested);
  if (keep_all(of, held, count) != 0) return -1;
  for (size_t i = 0; i < count; ++i) {
    if (take_field(of, held[2 * i], held[2 * i + 1]) != 0) return -1;
  }
  of->event.details = of->details;
  of->event.metadata = of->metadata;
  return 0;
}

static PyObject* failure_of(penstock_status status, PyObject* message) {
  if (message == NULL) return NULL;
  return Py_BuildValue("(iN)", (int)status, message);
}

/* Of UTF-8 that may have been cut within a character. */
static PyObject* text_from(const char* utf8) {
  return PyUnicode_DecodeUTF8(utf8, (Py_ssize_t)strlen(utf8), "replace");
}

static PyObject* record_event(call* of, penstock_client* client) {
  if (of->failed != PENSTOCK_OK) return failure_of(of->failed, text_from(of->failure));
  /* A refusal of ours is counted by the library as its own are. */
  if (of->refusal != NULL) of->event.details_count = FIELDS_MAX;
  const penstock_status status = penstock_client_track(client, &of->event);
  if (status == PENSTOCK_OK) {
    Py_INCREF(Py_None);
    return Py_None;
  }
  if (of->refusal != NULL && status == PENSTOCK_INVALID_EVENT)
    return failure_of(status, PyUnicode_FromFormat(of->refusal, of->refused_type));
  return failure_of(status, text_from(penstock_last_error()));
}

static PyObject* track(PyObject* self, PyObject* arguments) {
  (void)self;
  unsigned long long client = 0, flow = 0;
  int kind = 0;
  PyObject *name, *page, *record, *fields;
  if (!PyArg_ParseTuple(arguments, "KKiOOOO!:track", &client, &flow, &kind, &name, &page, &record,
                        &PyDict_Type, &fields))
    return NULL;
  call of;
  penstock_event_init(&of.event, (penstock_event_kind)kind);
  of.event.flow = (const penstock_flow*)(uintptr_t)flow;
  of.kept_count = 0;
  of.kept_more = NULL;
  of.values = 0;
  of.refusal = NULL;
  of.refused_type = NULL;
  of.failed = PENSTOCK_OK;

  PyObject* result = NULL;
  if (take_event(&of, name, page, record, fields) == 0)
    result = record_event(&of, (penstock_client*)(uintptr_t)client);
  release(&of);
  return result;
}

static PyMethodDef methods[] = {{"track", track, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "penstock._track", NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__track(void) { return PyModuleDef_Init(&module); }
