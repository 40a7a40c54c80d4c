(** The vocabulary of the generated proofs. A tactic only finds a proof: Coq's kernel checks what it found. *)
From Coq Require Export Reals Lra Lia List.
From Symbn Require Export Definitions Sums Derivatives.
Export ListNotations.
Open Scope R_scope.

(** [sign]: 0 < e, 0 <= e or e <> 0, for products, quotients and powers of what is known to be so *)
Ltac sign :=
  lazymatch goal with
  | |- ?goal => tryif has_evar goal then fail 1 "this is not known yet" else idtac
  end;
  lazymatch goal with
  | |- _ /\ _ => split; sign
  | |- _ > 0 => apply Rlt_gt; sign
  | |- 0 < INR _ => apply size_pos; lia
  | |- INR _ <> 0 => apply not_0_INR; lia
  | |- 0 < _ =>
      first [ assumption | lra
            | apply pow_lt; sign | apply Rinv_0_lt_compat; sign | apply Rdiv_lt_0_compat; sign | apply Rmult_lt_0_compat; sign
            | apply Rplus_lt_le_0_compat; sign | apply Rplus_le_lt_0_compat; sign | apply positive_of; assumption ]
  | |- 0 <= _ * _ => first [ apply Rmult_le_pos; sign | apply Rle_0_sqr | nonnegative ]
  | |- 0 <= _ => nonnegative
  | |- _ <> 0 =>
      first [ assumption | apply Rgt_not_eq; sign
            | apply pow_nonzero; sign | apply Rinv_neq_0_compat; sign
            | apply Rmult_integral_contrapositive_currified; sign
            | apply Ropp_neq_0_compat; sign
            | lra | given_nonzero ]
  end
with nonnegative :=
  first [ assumption | left; sign | apply pow2_ge_0 | apply even_power; nonnegative | apply pow_le; sign | apply Rplus_le_le_0_compat; sign
        | lra ]
with given_nonzero := (* a hypothesis a <> 0, with a the same polynomial, or one that has b as a factor *)
  match goal with
  | H : ?a <> 0 |- ?b <> 0 =>
      solve [ let Z := fresh in intro Z; apply H; first [ replace a with b by ring; exact Z
                                                        | replace a with (- b) by ring; rewrite Z; ring
                                                        | rewrite Z; ring ] ]
  end.

(** [close]: an identity of rational functions, once every sum and every root has been worked out *)
Ltac deltas :=
  repeat match goal with
  | |- context [delta ?a ?a] => rewrite (delta_refl a)
  | H : ?a <> ?b |- context [delta ?a ?b] => rewrite (delta_diff a b H)
  | H : ?b <> ?a |- context [delta ?a ?b] => rewrite (delta_diff a b (not_eq_sym H))
  | |- context [delta ?a ?b] =>
      first [ rewrite (delta_diff a b) by lia
            | let E := fresh in destruct (Nat.eq_dec a b) as [E | E]; [first [subst a | subst b | rewrite E in *] |] ]
  end.
Ltac rational := first [ ring | field; sign ].
Ltac aligned := (* delta i j and delta j i are one atom *)
  repeat match goal with
  | |- context [delta ?a ?b] =>
      tryif constr_eq a b then fail
      else match goal with |- context [delta b a] => rewrite (delta_sym b a) end
  end.
Ltac sized := try match goal with E : INR ?m = _ |- _ => rewrite E end. (* at a chosen batch size *)
Ltac close := cbv beta; cbn [INR Nat.pred]; sized; aligned; first [ rational | progress deltas; rational ].

(** At a chosen batch size: [at_every_place] puts each position for an index, [centre n z] writes the batch z of n + 1 entries
    as its mean and deviations. *)
Ltac at_every_place :=
  repeat match goal with
  | H : (_ < O)%nat |- _ => exfalso; lia
  | H : (S _ < _)%nat |- _ => apply Nat.succ_lt_mono in H
  | H : (?i < _)%nat |- _ => is_var i; destruct i
  end;
  try (exfalso; lia);
  cbv beta iota delta [delta Nat.eqb] in *.
Ltac centre n z :=
  let a := fresh "a" in let c := fresh "c" in let Z := fresh "Z" in let M := fresh "M" in let C := fresh "C" in
  let V := fresh "V" in
  destruct (centred n z) as [a [c [Z [M [C V]]]]];
  rewrite ?V, ?M in *; cbn [bsum] in *; rewrite ?Z in *; clear V M Z; rewrite ?C in *.

(** [worked_out]: a sum by its certificate l. What it needs: a proof that f j is the combination, then the sums of its parts. *)
Ltac sum_parts m :=
  repeat match goal with
  | |- context [bsum m (fun _ => 1)] => rewrite (bsum_one m)
  | |- context [bsum m (fun j => ?z j - mean m ?z)] => rewrite (sum_centred m z) by lia
  | |- context [bsum m (fun j => (?z j - mean m ?z) ^ 2)] => rewrite (sum_centred_sq m z) by lia
  end.

(** [slopes]: the derivative of a function, by its syntax *)
Ltac slopes :=
  cbv beta;
  lazymatch goal with
  | |- slope (fun _ => ?c) _ _ _ => apply (slope_const c)
  | |- slope (fun t => t) _ _ _ => first [apply slope_id | apply slope_id_at; slope_side]
  | |- slope (fun t => upd ?x ?i t ?j) _ _ _ => first [apply (slope_upd x i j) | apply (slope_upd_left x i j)]
  | |- slope (fun t => mean ?m (upd ?x ?i t)) _ _ _ => apply (slope_mean m x i); lia
  | |- slope (fun t => var ?m (upd ?x ?i t)) _ _ _ => apply (slope_var m x i); lia
  | |- slope (fun t => bsum ?m (fun j => @?f t j)) _ (bsum _ ?v) (bsum _ ?d) =>
      apply (slope_bsum m f _ v d); intros ? ?; slopes
  | |- slope (fun t => - @?f t) _ _ _ => apply (slope_opp f); slopes
  | |- slope (fun t => / @?f t) _ _ _ => apply (slope_inv f); [slope_side | slopes]
  | |- slope (fun t => sqrt (@?f t)) _ _ _ => apply (slope_sqrt f); [slope_side | slopes]
  | |- slope (fun t => Rpower (@?f t) ?q) _ _ _ => apply (slope_Rpower f); [lra | slope_side | slopes]
  | |- slope (fun t => @?f t ^ ?n) _ _ _ => apply (slope_pow f); slopes
  | |- slope (fun t => @?f t + @?g t) _ _ _ => apply (slope_plus f g); slopes
  | |- slope (fun t => @?f t - @?g t) _ _ _ => apply (slope_minus f g); slopes
  | |- slope (fun t => @?f t * @?g t) _ _ _ => apply (slope_mult f g); slopes
  | |- slope (fun t => @?f t / @?g t) _ _ _ => apply (slope_div f g); [slope_side | slopes | slopes]
  | |- slope _ _ _ _ => split; [reflexivity | assumption] (* a function whose derivative is given *)
  end
with slope_side := cbv beta; first [assumption | reflexivity | sign].

(** The point of a refutation: [at_list] gives the entries, [position] settles what is said of positions, [evaluated] an
    equation between closed rational expressions *)
Definition at_list (l : list R) : nat -> R := fun j => nth j l 0.
Ltac position := first [cbv; repeat constructor | cbv; lia | cbv; discriminate].
Ltac evaluated := first [lra | field | field; repeat split; lra | field_simplify; [lra | repeat split; lra]].
