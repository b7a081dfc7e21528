;; Goes through an object or array in JSON, 64 bytes at a time, as src/wire/splice.ts does character by character.
;;
;; Memory, in bytes:
;;      0  depth      how many brackets are open
;;      4  in string  1 or 0
;;      8  escaped    1 where a backslash stood before the next byte
;;     12  start      where the open string began, from the beginning of the piece; below 0 where that was before it
;;     16  turns      how many ends of turns were noted by this call
;;     20  longs      how many long strings were
;;     24  marks      how many strings were that may be marked
;;     28  least      a string is long that has more bytes
;;     32  mark       the first eight bytes of a mark
;;     40  turns?     1 where what closes at depth 1 is a turn
;;   1024  the piece, up to 65,536 bytes, and 64 blanks behind it
;;  69632  ends of turns, 4 bytes each
;; 200704  long strings: start and end, 8 bytes each
;; 204800  openings of strings that may be marked, 4 bytes each
(module
  (memory (export "memory") 4)

  ;; Reads the piece from one place to another. Gives the place of the bracket that closes the value; -1 where it is not
  ;; here; or, where a backslash stands outside a string, that place taken from -2.
  (func (export "skip") (param $at i32) (param $end i32) (result i32)
    (local $depth i32) (local $in i32) (local $start i32) (local $place i32) (local $left i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $of v128)
    (local $escape i64) (local $slashes i64) (local $escaped i64) (local $follows i64) (local $odd i64) (local $sum i64)
    (local $least i32) (local $mark i64) (local $turns i32)
    (local $quotes i64) (local $inside i64) (local $opens i64) (local $closes i64) (local $bits i64) (local $bit i64)

    (local.set $depth (i32.load (i32.const 0)))
    (local.set $in (i32.load (i32.const 4)))
    (local.set $escape (i64.extend_i32_u (i32.load (i32.const 8))))
    (local.set $start (i32.load (i32.const 12)))
    (local.set $least (i32.load (i32.const 28)))
    (local.set $mark (i64.load (i32.const 32)))
    (local.set $turns (i32.load (i32.const 40)))
    (i32.store (i32.const 16) (i32.const 0))
    (i32.store (i32.const 20) (i32.const 0))
    (i32.store (i32.const 24) (i32.const 0))

    (loop $blocks
      (if (i32.ge_u (local.get $at) (local.get $end))
        (then
          (i32.store (i32.const 0) (local.get $depth))
          (i32.store (i32.const 4) (local.get $in))
          (i32.store (i32.const 8) (i32.wrap_i64 (local.get $escape)))
          (i32.store (i32.const 12) (local.get $start))
          (return (i32.const -1))))

      (local.set $a (v128.load offset=1024 align=1 (local.get $at)))
      (local.set $b (v128.load offset=1040 align=1 (local.get $at)))
      (local.set $c (v128.load offset=1056 align=1 (local.get $at)))
      (local.set $d (v128.load offset=1072 align=1 (local.get $at)))

      ;; A bit for each byte: backslashes.
      (local.set $of (i8x16.splat (i32.const 0x5c)))
      (local.set $slashes
        (i64.or
          (i64.or
            (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $a) (local.get $of))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $b) (local.get $of)))) (i64.const 16)))
          (i64.or
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $c) (local.get $of)))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $d) (local.get $of)))) (i64.const 48)))))

      ;; What they escape: of a row of backslashes each other one, and what stands behind an odd row. A sum carries through
      ;; the rows that begin at odd places; that out of the last byte is lost, and told by the sum being less than a part.
      (local.set $escaped (local.get $escape))
      (if (i64.ne (local.get $slashes) (i64.const 0))
        (then
          (local.set $bits (i64.and (local.get $slashes) (i64.xor (local.get $escape) (i64.const -1))))
          (local.set $follows (i64.or (i64.shl (local.get $bits) (i64.const 1)) (local.get $escape)))
          (local.set $odd
            (i64.and
              (i64.and (local.get $bits) (i64.const 0xaaaaaaaaaaaaaaaa))
              (i64.xor (local.get $follows) (i64.const -1))))
          (local.set $sum (i64.add (local.get $odd) (local.get $bits)))
          (local.set $escape (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $odd))))
          (local.set $escaped
            (i64.and
              (i64.xor (i64.const 0x5555555555555555) (i64.shl (local.get $sum) (i64.const 1)))
              (local.get $follows))))
        (else (local.set $escape (i64.const 0))))
      ;; Behind the end there are blanks: what is escaped there is the first byte of the next piece.
      (local.set $left (i32.sub (local.get $end) (local.get $at)))
      (if (i32.lt_u (local.get $left) (i32.const 64))
        (then
          (local.set $escape
            (i64.and (i64.shr_u (local.get $escaped) (i64.extend_i32_u (local.get $left))) (i64.const 1)))))

      ;; Quotes that are not escaped; and from each opening one to before its closing one, what is inside.
      (local.set $of (i8x16.splat (i32.const 0x22)))
      (local.set $quotes
        (i64.and
          (i64.or
            (i64.or
              (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $a) (local.get $of))))
              (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $b) (local.get $of)))) (i64.const 16)))
            (i64.or
              (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $c) (local.get $of)))) (i64.const 32))
              (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $d) (local.get $of)))) (i64.const 48))))
          (i64.xor (local.get $escaped) (i64.const -1))))
      ;; Within a text there is nothing else to be found, and most blocks are within one.
      (if (i32.and (local.get $in) (i64.eqz (local.get $quotes)))
        (then
          (local.set $at (i32.add (local.get $at) (i32.const 64)))
          (br $blocks)))
      (local.set $inside (local.get $quotes))
      (local.set $inside (i64.xor (local.get $inside) (i64.shl (local.get $inside) (i64.const 1))))
      (local.set $inside (i64.xor (local.get $inside) (i64.shl (local.get $inside) (i64.const 2))))
      (local.set $inside (i64.xor (local.get $inside) (i64.shl (local.get $inside) (i64.const 4))))
      (local.set $inside (i64.xor (local.get $inside) (i64.shl (local.get $inside) (i64.const 8))))
      (local.set $inside (i64.xor (local.get $inside) (i64.shl (local.get $inside) (i64.const 16))))
      (local.set $inside (i64.xor (local.get $inside) (i64.shl (local.get $inside) (i64.const 32))))
      (local.set $inside
        (i64.xor (local.get $inside) (i64.sub (i64.const 0) (i64.extend_i32_u (local.get $in)))))

      ;; Brackets outside: with the bit 0x20 set, square ones are as curly ones.
      (local.set $of (i8x16.splat (i32.const 0x20)))
      (local.set $a (v128.or (local.get $a) (local.get $of)))
      (local.set $b (v128.or (local.get $b) (local.get $of)))
      (local.set $c (v128.or (local.get $c) (local.get $of)))
      (local.set $d (v128.or (local.get $d) (local.get $of)))
      (local.set $of (i8x16.splat (i32.const 0x7b)))
      (local.set $opens
        (i64.or
          (i64.or
            (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $a) (local.get $of))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $b) (local.get $of)))) (i64.const 16)))
          (i64.or
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $c) (local.get $of)))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $d) (local.get $of)))) (i64.const 48)))))
      (local.set $of (i8x16.splat (i32.const 0x7d)))
      (local.set $closes
        (i64.or
          (i64.or
            (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $a) (local.get $of))))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $b) (local.get $of)))) (i64.const 16)))
          (i64.or
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $c) (local.get $of)))) (i64.const 32))
            (i64.shl (i64.extend_i32_u (i8x16.bitmask (i8x16.eq (local.get $d) (local.get $of)))) (i64.const 48)))))
      (local.set $bits (i64.xor (local.get $inside) (i64.const -1)))
      (local.set $opens (i64.and (local.get $opens) (local.get $bits)))
      (local.set $closes (i64.and (local.get $closes) (local.get $bits)))
      (local.set $slashes (i64.and (local.get $slashes) (local.get $bits)))

      ;; One after the other.
      (local.set $bits
        (i64.or
          (i64.or (local.get $quotes) (local.get $slashes))
          (i64.or (local.get $opens) (local.get $closes))))
      (block $done
        (loop $next
          (br_if $done (i64.eqz (local.get $bits)))
          (local.set $place (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $bits)))))
          (local.set $bit (i64.and (local.get $bits) (i64.sub (i64.const 0) (local.get $bits))))
          (local.set $bits (i64.xor (local.get $bits) (local.get $bit)))
          (if (i64.ne (i64.and (local.get $bit) (local.get $quotes)) (i64.const 0))
            (then
              (if (local.get $in)
                (then
                  (local.set $in (i32.const 0))
                  (if
                    (i32.and
                      (i32.gt_s
                        (i32.sub (i32.add (local.get $place) (i32.const 1)) (local.get $start))
                        (local.get $least))
                      (i32.le_u (i32.sub (local.get $depth) (i32.const 2)) (i32.const 2)))
                    (then
                      (local.set $left (i32.load (i32.const 20)))
                      (i32.store offset=200704 (i32.shl (local.get $left) (i32.const 3)) (local.get $start))
                      (i32.store offset=200708
                        (i32.shl (local.get $left) (i32.const 3))
                        (i32.add (local.get $place) (i32.const 1)))
                      (i32.store (i32.const 20) (i32.add (local.get $left) (i32.const 1))))))
                (else
                  (local.set $in (i32.const 1))
                  (local.set $start (local.get $place))
                  (if (i64.eq (i64.load offset=1025 align=1 (local.get $place)) (local.get $mark))
                    (then
                      (local.set $left (i32.load (i32.const 24)))
                      (i32.store offset=204800 (i32.shl (local.get $left) (i32.const 2)) (local.get $place))
                      (i32.store (i32.const 24) (i32.add (local.get $left) (i32.const 1)))))))
              (br $next)))
          (if (i64.ne (i64.and (local.get $bit) (local.get $opens)) (i64.const 0))
            (then
              (local.set $depth (i32.add (local.get $depth) (i32.const 1)))
              (br $next)))
          (if (i64.ne (i64.and (local.get $bit) (local.get $slashes)) (i64.const 0))
            (then (return (i32.sub (i32.const -2) (local.get $place)))))
          (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
          (if (i32.eqz (local.get $depth)) (then (return (local.get $place))))
          (if (i32.and (i32.eq (local.get $depth) (i32.const 1)) (local.get $turns))
            (then
              (local.set $left (i32.load (i32.const 16)))
              (i32.store offset=69632
                (i32.shl (local.get $left) (i32.const 2))
                (i32.add (local.get $place) (i32.const 1)))
              (i32.store (i32.const 16) (i32.add (local.get $left) (i32.const 1)))))
          (br $next)))

      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br $blocks))
    (unreachable)))
