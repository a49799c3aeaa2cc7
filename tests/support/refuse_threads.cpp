// Part of each unit test that is not marked THREADS (cmake/Test.cmake), so that the mark cannot be
// forgotten: the thread sanitizer repeats only what is marked. The program's own pthread_create()
// comes before that of the C library.
#include <pthread.h>

#include <cstdio>
#include <cstdlib>

extern "C" __attribute__((visibility("default"))) int pthread_create(pthread_t*,
                                                                     const pthread_attr_t*,
                                                                     void* (*)(void*), void*) {
  std::fputs(
      "this test starts a thread: add THREADS to its penstock_test() in CMakeLists.txt, so that "
      "the "
      "thread sanitizer runs it too\n",
      stderr);
  std::abort();
}
