import org.apache.lucene.analysis.standard.*; import org.apache.lucene.analysis.*; import org.apache.lucene.analysis.email.*;
import org.apache.lucene.analysis.tokenattributes.*;
import java.io.*; import java.util.*; import java.nio.charset.*;
// lines of hex code points -> tokens in code points: start-end:TYPE
public class Tok {
  public static void main(String[] a) throws Exception {
    Tokenizer t=a.length>0&&a[0].equals("uax")?new UAX29URLEmailTokenizer():new StandardTokenizer();
    OffsetAttribute off=t.getAttribute(OffsetAttribute.class); TypeAttribute ty=t.getAttribute(TypeAttribute.class);
    BufferedReader r=new BufferedReader(new InputStreamReader(System.in,StandardCharsets.UTF_8)); String line; StringBuilder o=new StringBuilder();
    while((line=r.readLine())!=null){ StringBuilder b=new StringBuilder(); for(String h:line.trim().split(" ")) if(!h.isEmpty()) b.appendCodePoint(Integer.parseInt(h,16)); String s=b.toString();
      t.setReader(new StringReader(s)); t.reset();
      while(t.incrementToken()) o.append(s.codePointCount(0,off.startOffset())).append('-').append(s.codePointCount(0,off.endOffset())).append(ty.type().substring(1,3)).append(' ');
      t.end(); t.close(); o.append('\n'); }
    System.out.print(o);
  }
}
