'use strict';

// The compiled half. One binary serves each Node >= 18 on its platform.
const path = require('node:path');

const place = path.join(__dirname, '..', 'prebuilds', `${process.platform}-${process.arch}`);

function load() {
  try {
    return require(path.join(place, 'penstock.node'));
  } catch (cause) {
    throw new Error(`penstock cannot be loaded on ${process.platform}-${process.arch}: ` +
      cause.message, {cause});
  }
}

module.exports = load();
