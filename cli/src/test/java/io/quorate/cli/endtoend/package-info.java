/** The command as a person uses it: processes of its own, real parts, and what they survive. */
package io.quorate.cli.endtoend;
