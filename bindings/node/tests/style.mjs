// The lines of the folder that is given: up to 100 columns, of scripts 120, but for tables of
// documents; and no space at an end.
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

const SOURCES = /\.(js|mjs|c|h|md|ts|mts|cts)$/;

function complaintsOf(path) {
  const most = SOURCES.test(path) ? 100 : 120;
  return readFileSync(path, 'utf8').split('\n').flatMap((line, i) => {
    const isRow = path.endsWith('.md') && line.startsWith('|');
    if ([...line].length > most && !isRow) return [`${path}:${i + 1}: more than ${most} columns`];
    return /\s$/.test(line) ? [`${path}:${i + 1}: ends with a space`] : [];
  });
}

function filesIn(folder) {
  return readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

const complaints = filesIn(process.argv[2]).flatMap(complaintsOf);
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length > 0 ? 1 : 0;
