'use strict';

const addon = require('./lib/addon.js');
const {Client} = require('./lib/client.js');
const {Flow} = require('./lib/flow.js');
const {PenstockError} = require('./lib/penstock_error.js');

module.exports = {Client, Penstock: Client, Flow, PenstockError, version: addon.version()};
