// Empty: CMake needs a source to precompile the headers that most tests include
// (tests/CMakeLists.txt).
