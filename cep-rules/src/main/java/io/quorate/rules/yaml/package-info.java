/** YAML that people wrote, read with the address of everything in it, so that every complaint can name file and line. */
@NullMarked
package io.quorate.rules.yaml;

import org.jspecify.annotations.NullMarked;
