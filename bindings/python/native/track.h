/* track(), the one call that is not cffi's: a call by cffi gives the interpreter's lock away, and a
 * thread that computes keeps it from coming back for up to 5 ms (sys.getswitchinterval()). Recording
 * an event takes less than a microsecond and waits for nothing, so this keeps the lock.
 *
 *   track(client, flow, kind, name, page_id, record_id, fields) -> None or (status, message)
 *
 * client and flow are numbers; name, page_id and record_id text or None; fields a dict of what every
 * event can carry (client.Fields). Raises TypeError for another type, and for an unknown keyword.
 *
 * A module of its own, penstock._track, in the file of penstock._native, so that both use the same
 * library. src/penstock/recording.py loads it.
 */
#pragma once
