//go:build race

package penstock_test

const raceDetector = true
