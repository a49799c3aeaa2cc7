'use strict';

const {PenstockError} = require('./penstock_error.js');

// Runs `task`, then `after` with whether it worked: at once, or when its promise is settled. What
// the task throws wins over what `after` does.
function runScope(task, after) {
  let result;
  try {
    result = task();
  } catch (error) {
    endFailed(after);
    throw error;
  }
  if (typeof result?.then === 'function') return runLater(result, after);
  after(true);
  return result;
}

async function runLater(promise, after) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    endFailed(after);
    throw error;
  }
  after(true);
  return value;
}

function endFailed(after) {
  try {
    after(false);
  } catch (error) {
    if (!(error instanceof PenstockError)) throw error;
  }
}

module.exports = {runScope};
