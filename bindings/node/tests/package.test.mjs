import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import test from 'node:test';
import * as modern from 'penstock';

const require = createRequire(import.meta.url);

test('require() and import give the same', () => {
  const common = require('penstock');
  for (const [name, value] of Object.entries(common)) assert.equal(modern[name], value, name);
  assert.equal(modern.default, common);
});

test('the package has the version of its library, and shows nothing else', () => {
  assert.equal(modern.version, require('penstock/package.json').version);
  assert.throws(() => require('penstock/lib/addon.js'), {code: 'ERR_PACKAGE_PATH_NOT_EXPORTED'});
});
