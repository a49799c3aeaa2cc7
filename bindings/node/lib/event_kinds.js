'use strict';

// The numbers of penstock_event_kind, by the names of `event.kind`.
module.exports = Object.freeze({
  __proto__: null,
  activity: 0,
  sessionStart: 1,
  sessionEnd: 2,
  pageStart: 3,
  pageEnd: 4,
  pageView: 5,
  click: 6,
  formSubmission: 7,
  processCompletion: 8,
  error: 9,
  recordApproved: 10,
  recordDenied: 11,
  recordReturned: 12,
  recordChanged: 13,
  custom: 14,
});
